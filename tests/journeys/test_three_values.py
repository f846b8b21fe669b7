"""Two windows change one own field: what was, what is and what was entered, to choose from."""

from playwright.sync_api import Browser, Page, expect

from tests.cast import Person
from tests.journeys import acts

ADA = Person("Ada Wirth", "ada@three-values.example", "owner")


def test_same_own_field_opens_a_choice(live_server: str, browser: Browser) -> None:
    page = acts.window(browser)
    address = acts.sign_up(page, live_server, "three-values", ADA)
    page.goto(f"{address}/settings/objects/companies/fields/new?kind=text")
    page.locator('[name="labels.en"]').fill("Badge")
    page.get_by_role("button", name="Add field").click()
    expect(page.locator("#toasts")).to_contain_text("Badge is added")
    expect(page.locator("#toasts").get_by_role("button", name="Undo")).to_be_visible()
    page.goto(f"{address}/companies/new")
    page.get_by_label("Name", exact=True).fill("Meyer")
    page.get_by_label("Badge").fill("old")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("h1")).to_have_text("Meyer")
    record = page.url
    other = page.context.new_page()
    for choice, stays in (("Theirs", "hers 1"), ("Yours", "mine 2")):
        number = stays[-1]
        page.goto(f"{record}/edit")
        other.goto(f"{record}/edit")
        _save(other, f"hers {number}")
        other.wait_for_url(record)
        _save(page, f"mine {number}")
        told = page.get_by_role("alert")
        expect(told).to_contain_text(f"Theirs: hers {number}")
        expect(told).to_contain_text(f"Yours: mine {number}")
        expect(told).to_contain_text("Before: ")
        page.get_by_role("radio", name=choice).check()
        page.get_by_role("button", name="Save").click()
        page.wait_for_url(record)
        expect(page.locator("main")).to_contain_text(stays)
    page.context.close()


def _save(page: Page, badge: str) -> None:
    page.get_by_label("Badge").fill(badge)
    page.get_by_role("button", name="Save").click()
