"""A customer is invited, sees that a delivery is late, reports it, writes, and reads the answer."""

import re

from playwright.sync_api import Browser, Page, expect

from tests.cast import PASSWORD, Person
from tests.journeys import acts, mails
from tests.ui.test_gallery import faults_in_both_themes, overflow

KIM = Person("Kim Park", "kim@portal-day.example", "owner")
CAROL = "carol@portal-day-customer.example"
PATHS = ("/", "/orders", "/messages", "/messages/new", "/profile", "/profile/data", "/profile/sign-in")


def test_late_delivery_is_seen_reported_and_answered(live_server: str, page: Page, browser: Browser) -> None:
    workspace = acts.sign_up(page, live_server, "portal-day", KIM)
    contact = _customer(page, workspace)
    order = _late_order(page, workspace, contact)
    _invite(page, workspace, contact)

    carol = acts.window(browser)
    carol.set_viewport_size({"width": 390, "height": 844})
    _come_in(carol, live_server)
    expect(carol.locator(".trouble.broken h2").first).to_contain_text(re.compile("[23] days late"))

    carol.locator(".trouble a").first.click()
    carol.get_by_role("link", name="Wrong item").first.click()
    carol.get_by_label("What happened?").fill("Twelve of the wrong ones")
    carol.get_by_role("button", name="Send", exact=True).click()
    expect(carol.locator(".trouble h1")).to_contain_text("Wrong item")

    page.goto(f"{workspace}/contacts/{contact}")
    expect(page.locator(".standing.broken")).to_contain_text("Wrong item")

    portal = live_server.replace("://", "://portal-day-portal.")
    carol.goto(f"{portal}/orders/{order}")
    carol.locator("textarea[name=body]").fill("Line 4 stands still")
    carol.get_by_role("button", name="Send", exact=True).click()
    expect(carol.locator(".bubbles .mine p").last).to_have_text("Line 4 stands still")
    _check(carol, portal, order)
    carol.context.close()


def _customer(page: Page, workspace: str) -> str:
    page.goto(f"{workspace}/contacts/new")
    page.locator("#f-first_name").fill("Carol")
    page.locator("#f-last_name").fill("Meyer")
    page.locator('[name="emails.value"], #f-email').first.fill(CAROL)
    page.get_by_role("button", name="Add").first.click()
    expect(page.locator("h1")).to_have_text("Carol Meyer")
    return page.url.rpartition("/")[2]


def _late_order(page: Page, workspace: str, contact: str) -> str:
    page.goto(f"{workspace}/orders/new?contact_id={contact}")
    page.get_by_role("button", name="Add").first.click()
    page.wait_for_url(re.compile(r"/orders/[0-9a-f-]{36}$"))
    order = page.url.rpartition("/")[2]
    page.goto(f"{workspace}/deliveries/new?order_id={order}")
    page.locator("#f-promised_on").fill(acts.days_ago(2))
    page.get_by_role("button", name="Add").first.click()
    page.wait_for_url(re.compile(r"/deliveries/[0-9a-f-]{36}$"))
    return order


def _invite(page: Page, workspace: str, contact: str) -> None:
    page.goto(f"{workspace}/contacts/{contact}")
    page.locator(".portal-access button[type=submit]").first.click()
    expect(page.locator("#toasts")).to_contain_text(CAROL)


def _come_in(carol: Page, address: str) -> None:
    carol.goto(mails.link(address, CAROL, "/enter/"))
    carol.locator("#f-password").fill(PASSWORD)
    carol.get_by_role("button", name="See my orders").click()
    expect(carol.locator("h1")).to_contain_text("Carol Meyer")


def _check(carol: Page, portal: str, order: str) -> None:
    for path in (*PATHS, f"/orders/{order}", f"/report/quality?order={order}"):
        carol.goto(f"{portal}{path}")
        assert overflow(carol) <= 0, path
        assert faults_in_both_themes(carol.context, carol) == [], path
