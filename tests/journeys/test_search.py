"""The search page under the hand: it follows what is typed, the address holds it, keys do it all."""

import re

from playwright.sync_api import Browser, expect

from tests.cast import Person
from tests.journeys import acts
from tests.ui.test_gallery import faults_in_both_themes, overflow

IDA = Person("Ida Kern", "ida@search-page.example", "owner")


def test_search_page_works_by_keys_alone(live_server: str, browser: Browser) -> None:
    page = acts.window(browser)
    address = acts.sign_up(page, live_server, "search-page", IDA)
    for first, last in (("Jörg", "Müller"), ("Ann", "Müllerin"), ("Bo", "Okafor")):
        page.goto(f"{address}/contacts/new")
        page.get_by_label("First name").fill(first)
        page.get_by_label("Last name").fill(last)
        page.get_by_role("button", name="Add", exact=True).click()
        expect(page.locator("h1")).to_have_text(f"{first} {last}")

    # From the menu to all results.
    page.keyboard.press("Control+k")
    page.keyboard.type("muel")
    expect(page.locator("#find").get_by_role("option", name="See all results")).to_be_visible()
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/search?q=muel")
    hits = page.locator("a.hit")
    expect(hits).to_have_count(2)
    expect(hits.first.locator("mark").first).to_be_visible()

    # As one types; the address follows, / comes back to the field, arrows go through what was found.
    page.keyboard.press("/")
    asked = page.get_by_role("searchbox")
    expect(asked).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("okaf")
    expect(hits).to_have_count(1)
    expect(page).to_have_url(re.compile(r"/search\?q=okaf$"))
    expect(page.locator(".search-page [role=status]")).to_contain_text("1 result")
    page.keyboard.press("ArrowDown")
    expect(hits.first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(asked).to_be_focused()
    assert faults_in_both_themes(page.context, page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert overflow(page) <= 0
    page.keyboard.press("ArrowDown")
    expect(hits.first).to_be_focused()
    # That it led somewhere is told beside the way there, and is lost where the page is left before.
    with page.expect_response(lambda answer: answer.url.endswith("/searches")):
        page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Bo Okafor")

    # What led to a record is offered again; what leads nowhere offers what helps.
    page.goto(f"{address}/search")
    expect(page.get_by_role("link", name="okaf")).to_be_visible()
    assert faults_in_both_themes(page.context, page) == []
    page.get_by_role("searchbox").fill("zephyrine")
    expect(page.get_by_role("link", name="New contact")).to_be_visible()
    assert faults_in_both_themes(page.context, page) == []
    assert overflow(page) <= 0
    page.context.close()
