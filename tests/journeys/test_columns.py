"""The columns of a list are chosen by keys, by hand and on a phone, and saved with its view."""

from playwright.sync_api import Browser, Locator, Page, expect

from tests.cast import Person
from tests.journeys import acts
from tests.ui.test_gallery import faults_in_both_themes, overflow

WANDA = Person("Wanda Reihe", "wanda@chosen-columns.example", "owner")
USUAL = ["Name", "Standing", "Last 90 days", "City", "Phone", "Owner", "Bought, 12 months", "Last talk"]


def test_columns_from_choosing_to_the_phone(live_server: str, browser: Browser) -> None:
    page = acts.window(browser)
    address = acts.sign_up(page, live_server, "chosen-columns", WANDA)
    for name, city, industry in (("Alpha", "Bonn", "Pumps"), ("Beta", "Kassel", "Valves")):
        page.goto(f"{address}/companies/new")
        page.locator('[name="name"]').fill(name)
        page.locator('[name="city"]').fill(city)
        page.locator('[name="industry"]').fill(industry)
        page.get_by_role("button", name="Add", exact=True).click()
        expect(page.locator("h1")).to_have_text(name)
    page.goto(f"{address}/companies")
    heads = page.locator(".grid thead th:not(.pick)")
    expect(heads).to_have_text(USUAL)

    # By keys alone: what is typed finds the field, Enter takes it.
    choice = opened(page)
    ask = choice.get_by_label("Search fields")
    expect(ask).to_be_focused()
    expect(choice.get_by_role("button", name="Back to standard")).to_be_disabled()
    page.keyboard.type("industr")
    expect(choice.locator("li:visible")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(heads).to_have_text([*USUAL, "Industry"])
    expect(page.locator(".grid tbody tr").first).to_contain_text("Pumps")
    expect(choice).to_be_visible()
    expect(ask).to_be_focused()
    assert faults_in_both_themes(page.context, page) == []

    # Ticked off and moved, with the arrow keys and Alt.
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    for name in ("Standing", "Last 90 days", "Phone", "Owner", "Bought, 12 months", "Last talk"):
        choice.get_by_label(name, exact=True).uncheck()
    expect(heads).to_have_text(["Name", "City", "Industry"])
    expect(choice.get_by_label("Industry", exact=True)).to_be_focused()
    page.keyboard.press("Alt+ArrowUp")
    expect(heads).to_have_text(["Name", "Industry", "City"])
    expect(choice.get_by_label("Industry", exact=True)).to_be_focused()
    expect(choice.get_by_text("Place 1 of 2")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    expect(choice.get_by_label("City", exact=True)).to_be_focused()

    # By the buttons, and by dragging.
    choice.get_by_role("button", name="Move City up").click()
    expect(heads).to_have_text(["Name", "City", "Industry"])
    drag(page, row(choice, "Industry").locator(".grip"), row(choice, "City"))
    expect(heads).to_have_text(["Name", "Industry", "City"])
    expect(page.get_by_role("button", name="3 columns")).to_have_count(1)

    # What stands in the address stays: with a search, after reloading, and back again.
    page.keyboard.press("Escape")
    expect(choice).to_be_hidden()
    page.get_by_label("Search companies").fill("Alp")
    rows = page.locator(".grid tbody tr")
    expect(rows).to_have_count(1)
    expect(heads).to_have_text(["Name", "Industry", "City"])
    page.locator("h1, .crumbs").first.click()
    choice = opened(page)
    choice.get_by_label("Customer number", exact=True).check()
    expect(heads).to_have_text(["Name", "Industry", "City", "Customer number"])
    expect(rows).to_have_count(1)
    page.reload()
    expect(heads).to_have_text(["Name", "Industry", "City", "Customer number"])
    expect(rows).to_have_count(1)

    # A chosen cell is a cell like any other.
    rows.first.locator('td[data-edit="number"]').dblclick()
    page.keyboard.type("C-7")
    page.keyboard.press("Enter")
    expect(rows.first).to_contain_text("C-7")

    # Saved with the view, and one's own standard beside it.
    page.get_by_role("link", name="Save view").click()
    dialog = page.locator("#dialog-host")
    expect(dialog).to_contain_text("Name, Industry, City, Customer number")
    dialog.get_by_label("Name").fill("By industry")
    page.keyboard.press("Enter")
    expect(page.locator(".view-switch")).to_contain_text("By industry")
    expect(heads).to_have_text(["Name", "Industry", "City", "Customer number"])
    choice = opened(page)
    choice.get_by_label("City", exact=True).uncheck()
    expect(heads).to_have_text(["Name", "Industry", "Customer number"])
    expect(page.get_by_text("Unsaved changes")).to_have_count(1)
    choice.get_by_role("button", name="Use as my standard").click()
    expect(page.locator("#toasts")).to_contain_text("Your lists have these columns now")
    expect(heads).to_have_text(["Name", "Industry", "City", "Customer number"])
    page.goto(f"{address}/companies")
    expect(heads).to_have_text(["Name", "Industry", "Customer number"])
    opened(page).get_by_role("button", name="Forget my standard").click()
    expect(heads).to_have_text(USUAL)
    page.goto(f"{address}/companies?columns=name,industry,city,number")
    expect(heads).to_have_text(["Name", "Industry", "City", "Customer number"])

    page.set_viewport_size({"width": 390, "height": 844})
    assert overflow(page) <= 0
    page.get_by_role("button", name="4 columns").click()
    expect(choice.get_by_label("Search fields")).to_be_visible()
    assert overflow(page) <= 0
    assert faults_in_both_themes(page.context, page) == []
    choice.get_by_role("button", name="Back to standard").click()
    expect(heads).to_have_text(USUAL)
    page.keyboard.press("Escape")
    page.context.close()


def opened(page: Page) -> Locator:
    """The choice of columns, by its key."""
    page.keyboard.press("c")
    choice = page.locator("#columns-menu")
    expect(choice.get_by_label("Search fields")).to_be_focused()
    return choice


def row(choice: Locator, name: str) -> Locator:
    return choice.locator("li", has=choice.page.get_by_label(name, exact=True))


def drag(page: Page, grip: Locator, onto: Locator) -> None:
    """Takes the grip to the upper edge of another row."""
    grip.hover()
    page.mouse.down()
    box = onto.bounding_box()
    assert box
    page.mouse.move(box["x"] + 8, box["y"] + 4, steps=4)
    page.mouse.up()
