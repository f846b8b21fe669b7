"""What people do in a browser, in the words of the journeys."""

from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser import PATIENCE_MS, ZONE
from tests.cast import PASSWORD, Person
from tests.journeys import mails

WINDOW: ViewportSize = {"width": 1440, "height": 860}


def window(browser: Browser) -> Page:
    """Another person's browser."""
    context = browser.new_context(locale="en-GB", timezone_id=ZONE, viewport=WINDOW)
    context.set_default_timeout(PATIENCE_MS)
    return context.new_page()


def days_ago(number: int) -> str:
    """The day where those are who sign up here, as forms take it: towards midnight UTC has another."""
    return (datetime.now(ZoneInfo(ZONE)) - timedelta(days=number)).date().isoformat()


def sign_up(page: Page, address: str, slug: str, person: Person) -> str:
    """Sign up and stand in the new workspace; its address."""
    page.goto(f"{address}/sign-up")
    page.get_by_label("Company").fill(f"Company of {person.name}")
    page.locator("#f-slug").fill(slug)
    page.get_by_label("Your name").fill(person.name)
    page.get_by_label("Work email").fill(person.email)
    page.locator("#f-password").fill(PASSWORD)
    page.get_by_role("button", name="Create workspace").click()
    workspace = address.replace("://", f"://{slug}.")
    page.wait_for_url(f"{workspace}/**")
    return workspace


def confirm(page: Page, address: str, email: str) -> None:
    """Open the link of the mail; whoever signed up in this browser is confirmed by that alone."""
    page.goto(mails.link(address, email, "confirm"))
    # The form sends itself: who goes elsewhere before the workspace is there takes it back.
    page.wait_for_url(lambda url: str(urlsplit(url).hostname).endswith(".localhost"))
    expect(page.locator("#command")).to_have_count(1)
    expect(page.locator(".confirm-bar")).to_have_count(0)


def import_contacts(page: Page, workspace: str, file: Path, patience: float = 240_000) -> None:
    """Bring a file of contacts in and wait for its end."""
    page.goto(f"{workspace}/imports/new?object=contacts")
    page.set_input_files("input[type=file]", file)
    page.get_by_role("button", name="Look at it").click()
    page.get_by_role("button", name="Start import").click(timeout=patience)
    page.wait_for_url("**/jobs/**", timeout=patience)
    expect(page.locator(".job-page [data-poll]")).to_have_count(0, timeout=patience)
    expect(page.locator("[data-poll=running]")).to_have_count(0, timeout=patience)


def find(page: Page, words: str, name: str) -> None:
    """Ctrl-K, some letters, a click: the record's page."""
    page.keyboard.press("Control+k")
    page.keyboard.type(words)
    # Until the answer to all the letters is drawn, it may take the place of what one is about to press.
    found = page.locator(f'#find[complete][src$="?q={words}"]:not([busy])')
    found.get_by_role("option", name=name).first.click()
    expect(page.locator("h1")).to_have_text(name)


def edit(page: Page, label: str, value: str) -> None:
    """Change one field on the record's page."""
    field = page.locator(f'[data-inline-edit-label-value="{label}"]').first
    if not field.is_visible():
        page.locator(".more-facts > summary").click()
    field.click(position={"x": 3, "y": 8})
    page.keyboard.press("Control+a")
    page.keyboard.type(value)
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text(f"{label} changed")


def choose(page: Page, label: str, value: str) -> None:
    """Change one field whose values are offered while one types."""
    field = page.locator(f'[data-inline-edit-label-value="{label}"]').first
    if not field.is_visible():
        page.locator(".more-facts > summary").click()
    field.click(position={"x": 3, "y": 8})
    page.keyboard.type(value)
    # All are offered for a moment before those that fit, of which Enter takes the first.
    expect(field.get_by_role("option", name=value, selected=True)).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text(f"{label} changed")


def invite(page: Page, workspace: str, email: str) -> None:
    page.goto(f"{workspace}/members")
    page.locator("#f-emails").fill(email)
    page.get_by_role("button", name="Send invitations").click()
    expect(page.locator(".told")).to_contain_text(email)


def join(page: Page, address: str, email: str, name: str) -> None:
    """The second person comes in by the mail's link."""
    page.goto(mails.link(address, email, "/join"))
    page.get_by_label("Your name").fill(name)
    page.locator("#f-password").fill(PASSWORD)
    page.get_by_role("button", name="Join").click()
    page.wait_for_url("**/")
