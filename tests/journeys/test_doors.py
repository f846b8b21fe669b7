"""A late delivery through every door: reported by the customer, seen, answered and closed by the company."""

import re

from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from tests.browser import PATIENCE_MS
from tests.cast import PASSWORD, Person
from tests.journeys import acts, mails

KIM = Person("Kim Park", "kim@doors.example", "owner")
BOB = Person("Bob Lind", "bob@doors.example", "member")
CAROL = Person("Carol Meyer", "carol@meyer.example", "customer")
DAN = Person("Dan Otto", "dan@wandernde-kuh.example", "customer")
PHONE: ViewportSize = {"width": 390, "height": 844}


def test_late_delivery_is_reported_seen_answered_and_closed(
    live_server: str, browser: Browser, page: Page
) -> None:
    workspace = acts.sign_up(page, live_server, "doors", KIM)
    acts.confirm(page, live_server, KIM.email)
    order, company = _late_order(page, workspace)
    other, _ = _customer(page, workspace, "Die Wandernde Kuh", DAN)
    _invite_to_portal(page, other)
    acts.invite(page, workspace, BOB.email)
    bob = acts.window(browser)
    acts.join(bob, live_server, BOB.email, BOB.name)
    carol, dan = (_enters_portal(browser, live_server, each.email) for each in (CAROL, DAN))

    expect(carol.locator("main")).to_contain_text("4711")
    expect(dan.locator("main")).not_to_contain_text("4711")
    dan.goto(f"{_portal(live_server)}/orders/{order.rsplit('/', 1)[1]}")
    expect(dan.locator("main")).to_contain_text("nothing here")

    bob.goto(company)
    bob.wait_for_timeout(700)
    carol.goto(f"{_portal(live_server)}/orders/{order.rsplit('/', 1)[1]}")
    carol.get_by_role("link", name="Wrong item").click()
    carol.get_by_label("What happened?").fill("The box holds valves in place of pumps.")
    carol.get_by_role("button", name="Send").click()
    expect(bob.locator(".standing.broken")).to_contain_text("Wrong item")

    carol.goto(f"{_portal(live_server)}/orders/{order.rsplit('/', 1)[1]}")
    carol.locator("textarea[name=body]").fill("When do the right ones come?")
    carol.get_by_role("button", name="Send").click()
    expect(carol.locator(".bubbles .mine p").last).to_have_text("When do the right ones come?")
    bob.goto(f"{workspace}/messages")
    bob.get_by_role("link", name=re.compile("Carol Meyer")).first.click()
    bob.locator("textarea[name=body]").first.fill("They leave today by express.")
    bob.keyboard.press("Control+Enter")
    expect(bob.locator(".talk")).to_contain_text("They leave today by express.")
    expect(carol.locator(".bubbles")).to_contain_text("They leave today by express.")
    expect(dan.locator("body")).not_to_contain_text("express")
    assert mails.link(live_server, CAROL.email, "/l/")

    _close(page, workspace, company)
    carol.goto(_portal(live_server))
    expect(carol.locator(".trouble.broken")).to_have_count(0)
    for each in (bob, carol, dan):
        each.context.close()


def _late_order(page: Page, workspace: str) -> tuple[str, str]:
    """Carol's order whose delivery was promised for the day before yesterday; its page and the company's."""
    contact, company = _customer(page, workspace, "Meyer Maschinenbau", CAROL)
    ids = f"company_id={company.rsplit('/', 1)[1]}&contact_id={contact.rsplit('/', 1)[1]}"
    order = _add(page, f"{workspace}/orders/new?{ids}", number="4711")
    delivery = f"{workspace}/deliveries/new?order_id={order.rsplit('/', 1)[1]}"
    _add(page, delivery, number="4711-1", promised_on=acts.days_ago(2))
    _invite_to_portal(page, contact)
    return order, company


def _customer(page: Page, workspace: str, company: str, who: Person) -> tuple[str, str]:
    """The addresses of a contact and of the company that he works for."""
    firm = _add(page, f"{workspace}/companies/new", name=company)
    first, last = who.name.split()
    form = f"{workspace}/contacts/new?company_id={firm.rsplit('/', 1)[1]}"
    return _add(page, form, first_name=first, last_name=last, email=who.email), firm


def _add(page: Page, form: str, **values: str) -> str:
    """The address of a record that is added by its form."""
    page.goto(form)
    for name, value in values.items():
        page.locator(f"[name={name}]").first.fill(value)
    page.locator(".form-foot [type=submit]").click()
    page.wait_for_url(re.compile(r".*/[0-9a-f-]{36}$"))
    return page.url


def _invite_to_portal(page: Page, contact: str) -> None:
    page.goto(contact)
    page.locator(".portal-access").get_by_role("button", name="Invite").click()
    expect(page.locator(".portal-access")).to_contain_text("The link works until")


def _portal(live_server: str) -> str:
    return live_server.replace("://", "://doors-portal.")


def _enters_portal(browser: Browser, live_server: str, email: str) -> Page:
    context: BrowserContext = browser.new_context(locale="en-GB", viewport=PHONE)
    context.set_default_timeout(PATIENCE_MS)
    customer = context.new_page()
    customer.goto(mails.link(live_server, email, "/enter/"))
    customer.locator("#f-password").fill(PASSWORD)
    customer.get_by_role("button", name="See my orders").click()
    customer.wait_for_url(f"{_portal(live_server)}/")
    return customer


def _close(page: Page, workspace: str, company: str) -> None:
    """The delivery has arrived, and what was wrong with it is solved."""
    page.goto(f"{company}?tab=incidents")
    # Beside the one that the clock opened, which may be the later of the two.
    page.locator(".grid tbody tr", has_text="Wrong item").locator("a.rec").click()
    page.get_by_role("button", name="Resolve").click()
    expect(page.get_by_role("button", name="Reopen")).to_be_visible()
    page.goto(f"{workspace}/deliveries")
    page.locator(".grid tbody a.rec").first.click()
    page.locator('[data-inline-edit-label-value="Status"]').click()
    page.locator(".inline select").select_option("delivered")
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("changed")
