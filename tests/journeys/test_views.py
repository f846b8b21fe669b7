"""A list is saved under a name, changed, reset, switched by keys, shared, deleted and brought back."""

import re

from playwright.sync_api import Browser, Locator, Page, expect

from tests.cast import Person
from tests.journeys import acts
from tests.ui.test_gallery import faults_in_both_themes, overflow

VERA = Person("Vera Blick", "vera@saved-views.example", "owner")
COMPANIES = (("Alpha", "Bonn"), ("Beta", "Kassel"), ("Gamma", "Bonn"))


def test_view_from_saving_to_coming_back(live_server: str, browser: Browser) -> None:
    page = acts.window(browser)
    address = acts.sign_up(page, live_server, "saved-views", VERA)
    for name, city in COMPANIES:
        page.goto(f"{address}/companies/new")
        page.locator('[name="name"]').fill(name)
        page.locator('[name="city"]').fill(city)
        page.get_by_role("button", name="Add", exact=True).click()
        expect(page.locator("h1")).to_have_text(name)

    page.goto(f"{address}/companies?filter[city]=Bonn")
    rows, switch = page.locator(".grid tbody tr"), page.locator(".view-switch")
    expect(switch).to_contain_text("All companies")
    page.get_by_role("link", name="Save view").click()
    dialog = page.locator("#dialog-host")
    expect(dialog.get_by_label("Name")).to_be_focused()
    expect(dialog).to_contain_text("City is Bonn")
    assert faults_in_both_themes(page.context, page) == []
    dialog.get_by_label("Name").fill("In Bonn")
    dialog.get_by_label("Who sees it").select_option("everyone")
    page.keyboard.press("Enter")
    expect(switch).to_contain_text("In Bonn")
    expect(page).to_have_url(re.compile(r"/companies\?view=[0-9a-f-]{36}$"))
    expect(rows).to_have_count(2)

    # What is changed on top is told, taken back, or saved.
    unsaved = page.get_by_text("Unsaved changes")
    head = page.locator("th").get_by_role("link", name="Name")
    head.click()
    expect(unsaved).to_have_count(1)
    page.get_by_role("link", name="Reset").click()
    expect(unsaved).to_have_count(0)
    head.click()
    expect(rows.first).to_contain_text("Gamma")
    assert faults_in_both_themes(page.context, page) == []
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#toasts")).to_contain_text("The view In Bonn is saved")
    expect(unsaved).to_have_count(0)
    expect(rows.first).to_contain_text("Gamma")

    # By keys alone to the whole list and back.
    menu = opened(page)
    here = menu.get_by_role("menuitemradio", name="In Bonn")
    expect(here).to_be_focused()
    expect(here).to_have_attribute("aria-checked", "true")
    assert faults_in_both_themes(page.context, page) == []
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(rows).to_have_count(3)
    expect(switch).to_contain_text("All companies")
    expect(opened(page).get_by_role("menuitemradio", name="All companies")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(rows).to_have_count(2)

    # A filter that is taken away by the builder stays away.
    page.locator(".chip .off").click()
    expect(rows).to_have_count(3)
    expect(unsaved).to_have_count(1)
    page.get_by_role("link", name="Reset").click()
    expect(rows).to_have_count(2)

    page.set_viewport_size({"width": 390, "height": 844})
    assert overflow(page) <= 0
    opened(page).get_by_role("menuitem", name="Delete the view").click()
    expect(page.locator("#toasts")).to_contain_text("The view In Bonn is deleted")
    # While it has the focus it does not go by itself, however long the list takes.
    undo = page.locator("#toasts").get_by_role("button", name="Undo")
    undo.focus()
    expect(rows).to_have_count(3)
    undo.press("Enter")
    expect(switch).to_contain_text("In Bonn")
    expect(rows).to_have_count(2)
    page.context.close()


def opened(page: Page) -> Locator:
    """The menu of the views, by its key."""
    page.keyboard.press("v")
    menu = page.locator("#views-menu").get_by_role("menu")
    expect(menu).to_be_visible()
    return menu
