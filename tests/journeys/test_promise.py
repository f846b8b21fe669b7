"""A delivery two days over its promise becomes an incident by itself; delivering it heals the relation."""

from playwright.sync_api import Page, expect

from tests.cast import Person
from tests.journeys import acts

LOOK_MS, MINUTE_MS = 500, 60_000


def test_broken_promise_stands_on_top_until_it_is_kept(live_server: str, page: Page) -> None:
    workspace = acts.sign_up(
        page, live_server, "promise-day", Person("Kim Park", "kim@promise-day.example", "owner")
    )
    page.goto(f"{workspace}/companies/new")
    page.locator("#f-name").fill("Meyer Maschinenbau")
    page.get_by_role("button", name="Add").click()
    expect(page.locator("h1")).to_have_text("Meyer Maschinenbau")
    company = page.url

    page.goto(f"{workspace}/deliveries/new?company_id={company.rsplit('/', 1)[1]}")
    page.locator("#f-number").fill("4711")
    page.locator("#f-promised_on").fill(acts.days_ago(2))
    page.get_by_role("button", name="Add").click()
    expect(page.locator("h1")).to_have_text("4711")
    delivery = page.url

    page.goto(company)
    expect(page.locator(".standing.broken .what")).to_contain_text("4711")
    page.goto(f"{company}?tab=incidents")
    _wait_for_incident(page)

    page.goto(delivery)
    _deliver(page)
    page.goto(company)
    expect(page.locator(".standing.broken")).to_have_count(0)


def _wait_for_incident(page: Page) -> None:
    """The clock opens it within a minute."""
    for _ in range(2 * MINUTE_MS // LOOK_MS):
        if page.locator(".grid tbody tr").count():
            break
        page.wait_for_timeout(LOOK_MS)
        page.reload()
    expect(page.locator(".grid tbody tr")).to_have_count(1)


def _deliver(page: Page) -> None:
    status = page.locator('[data-inline-edit-label-value="Status"]')
    status.click()
    page.locator(".inline select").select_option("delivered")
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("changed")
