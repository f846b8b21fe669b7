"""Two windows change one own field: what was, what is and what was entered, to choose from."""

from playwright.sync_api import Browser, Page, expect

from tests.cast import Person
from tests.journeys import acts
from tests.ui.test_gallery import faults_in_both_themes

ADA = Person("Ada Wirth", "ada@three-values.example", "owner")
EVE = Person("Eve Lind", "eve@three-in-place.example", "owner")
CITY = '[data-inline-edit-label-value="City"]'


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


def test_edit_in_its_place_opens_the_same_choice(live_server: str, browser: Browser) -> None:
    page = acts.window(browser)
    address = acts.sign_up(page, live_server, "three-in-place", EVE)
    page.goto(f"{address}/companies/new")
    page.get_by_label("Name", exact=True).fill("Meyer")
    page.get_by_label("City").fill("Kiel")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("h1")).to_have_text("Meyer")
    record = page.url
    other = page.context.new_page()
    choice = page.locator("#clash")

    # On the record's page: theirs and yours change hands by the keyboard alone.
    page.locator(CITY).first.click(position={"x": 3, "y": 8})
    page.keyboard.press("Control+a")
    page.keyboard.type("Ulm")
    _elsewhere(other, record, "Bonn")
    page.keyboard.press("Enter")
    expect(choice).to_be_visible()
    for name, value in (("base", "Kiel"), ("theirs", "Bonn"), ("yours", "Ulm")):
        expect(choice.locator(f"[data-clash={name}]")).to_have_text(value)
    expect(choice.get_by_role("radio", name="Yours")).to_be_focused()
    assert faults_in_both_themes(page.context, page) == []
    page.keyboard.press("Enter")
    expect(choice).to_be_hidden()
    expect(page.locator("#toasts")).to_contain_text("City changed")
    expect(page.locator(CITY).first).to_contain_text("Ulm")

    # In the list: Esc leaves what is stored.
    page.goto(f"{address}/companies")
    cell = page.locator('td[data-edit="city"]').first
    cell.dblclick()
    page.keyboard.press("Control+a")
    page.keyboard.type("Trier")
    _elsewhere(other, record, "Mainz")
    page.keyboard.press("Enter")
    expect(choice).to_be_visible()
    page.keyboard.press("Escape")
    expect(choice).to_be_hidden()
    expect(cell).to_have_text("Mainz")

    # Another field: both win, and nothing is asked.
    cell.dblclick()
    page.keyboard.press("Control+a")
    page.keyboard.type("Ulm")
    _elsewhere(other, record, "Pumps", "industry")
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("City changed")
    expect(choice).to_be_hidden()
    other.goto(record)
    expect(other.locator("main")).to_contain_text("Pumps")
    expect(other.locator("main")).to_contain_text("Ulm")
    page.context.close()


def _elsewhere(other: Page, record: str, value: str, field: str = "city") -> None:
    """Another window stores the field."""
    other.goto(f"{record}/edit")
    other.locator(f'main [name="{field}"]').fill(value)
    other.get_by_role("button", name="Save").click()
    other.wait_for_url(record)
