"""What the pages do under the hand: keys, menus, dialogs, editing in place, selecting, finding."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser import timeless


@pytest.fixture
def table(page: Page, gallery: str) -> Page:
    page.goto(f"{gallery}/table")
    return page


def cell(page: Page, name: str, column: int) -> str:
    return f"tr:has-text('{name}') > :nth-child({column})"


def hold(page: Page, address: str) -> list[Route]:
    """What is asked of `address`, which waits until it is let go on."""
    held: list[Route] = []

    def keep(route: Route) -> None:
        held.append(route)

    page.route(address, keep)
    return held


def test_ctrl_k_finds_records_places_and_acts(table: Page) -> None:
    table.keyboard.press("Control+k")
    menu = table.locator("#command")
    expect(menu).to_be_visible()
    expect(menu.get_by_role("option", name="New company")).to_be_visible()
    table.keyboard.type("meyer")
    expect(menu.get_by_role("option", name="Meyer Maschinenbau Kassel")).to_be_visible()
    expect(menu.get_by_role("option", name="New company")).to_have_count(0)
    expect(menu.get_by_role("option").first).to_have_attribute("aria-selected", "true")
    table.keyboard.press("Enter")
    table.wait_for_url("**/customer")


def test_enter_waits_for_what_the_words_find(table: Page) -> None:
    held = hold(table, "**/find?q=carol")
    table.evaluate(_TOLD)
    table.keyboard.press("Control+k")
    expect(table.locator("#find").get_by_role("option").first).to_contain_text("Meyer Maschinenbau")
    with table.expect_request("**/find?q=carol"):
        table.keyboard.type("carol")
        table.keyboard.press("Enter")
    expect(table.locator("#command")).to_be_visible()
    held[0].continue_()
    table.wait_for_url("**/customer")
    expect(table.locator("html")).to_have_attribute("data-ran", re.compile("Carol Meyer"))


# Keeps what was pressed where the next page does not take it away.
_TOLD = """() => addEventListener("click", (event) => {
  document.documentElement.dataset.ran = event.target.closest("[role=option]")?.textContent ?? ""
}, true)"""


def test_letters_act_only_outside_of_fields(table: Page, gallery: str) -> None:
    table.keyboard.press("Control+k")
    table.keyboard.type("n")
    expect(table).to_have_url(f"{gallery}/table")
    table.keyboard.press("Escape")
    expect(table.locator("#command")).to_be_hidden()
    with timeless(table):
        table.keyboard.press("g")
        table.keyboard.press("t")
    table.wait_for_url("**/today")


def test_keys_long_after_each_other_are_no_pair(table: Page, gallery: str) -> None:
    with timeless(table):
        table.keyboard.press("g")
        table.clock.run_for(1_600)
        table.keyboard.press("t")
    expect(table).to_have_url(f"{gallery}/table")
    table.keyboard.press("?")
    expect(table.locator("#keys")).to_be_visible()
    expect(table).to_have_url(f"{gallery}/table")


def test_question_mark_lists_the_keys(table: Page) -> None:
    table.keyboard.press("?")
    sheet = table.locator("#keys")
    expect(sheet).to_contain_text("Find or do")
    expect(sheet).to_contain_text("Select the row")
    table.keyboard.press("Escape")
    expect(sheet).to_be_hidden()


def test_arrows_move_and_enter_edits_a_cell(table: Page) -> None:
    table.keyboard.press("j")
    expect(table.locator("th:focus")).to_contain_text("Meyer Maschinenbau")
    table.keyboard.press("ArrowDown")
    for _ in range(5):
        table.keyboard.press("ArrowRight")
    expect(table.locator("td:focus")).to_have_text("Stuttgart")
    table.keyboard.press("Enter")
    table.keyboard.type("Ulm")
    table.keyboard.press("Enter")
    expect(table.locator(cell(table, "Die Wandernde Kuh", 7))).to_have_text("Ulm")
    expect(table.locator("tr:has-text('Die Wandernde Kuh')")).to_have_attribute("data-version", "4")
    expect(table.locator("td:focus")).to_have_text("Brandenburg")


def test_escape_leaves_a_cell_as_it_was(table: Page) -> None:
    table.locator(cell(table, "Blauer See", 7)).dblclick()
    table.keyboard.type("Ulm")
    table.keyboard.press("Escape")
    expect(table.locator(cell(table, "Blauer See", 7))).to_have_text("Mannheim")


def test_a_refused_edit_goes_back_and_says_why(table: Page) -> None:
    place = table.locator(cell(table, "Blauer See", 7))
    place.dblclick()
    table.keyboard.type("refuse")
    table.keyboard.press("Tab")
    expect(table.locator("#toasts")).to_contain_text("Rita changed this meanwhile.")
    expect(place).to_have_text("Mannheim")


def test_tab_saves_and_edits_the_next(table: Page) -> None:
    table.locator(cell(table, "Blauer See", 7)).dblclick()
    table.keyboard.type("Ulm")
    table.keyboard.press("Tab")
    expect(table.locator("td.editing input")).to_have_value("Graz")


def test_shift_selects_a_range_and_shows_the_bar(table: Page) -> None:
    boxes = table.locator("tbody .pick input")
    boxes.nth(1).check()
    boxes.nth(4).click(modifiers=["Shift"])
    bar = table.locator("#companies-bar")
    expect(bar).to_contain_text("4 selected")
    expect(bar.locator("[name=ids]")).to_have_value("1,2,3,4")
    table.keyboard.press("Escape")
    expect(bar).to_be_hidden()


def test_rows_stay_selected_when_the_page_is_drawn_anew(table: Page) -> None:
    table.locator("tbody .pick input").nth(2).check()
    with table.expect_response("**/table"):
        table.evaluate("Turbo.visit(location.href, { action: 'replace' })")
    table.wait_for_function("!document.documentElement.hasAttribute('data-turbo-preview')")
    expect(table.locator("tbody .pick input").nth(2)).to_be_checked()
    expect(table.locator("#companies-bar")).to_contain_text("1 selected")


def test_x_selects_the_row(table: Page) -> None:
    table.keyboard.press("j")
    table.keyboard.press("x")
    expect(table.locator("#companies-bar")).to_contain_text("1 selected")


def test_a_menu_is_walked_by_arrows(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/customer")
    page.get_by_role("button", name="More acts").press("Enter")
    expect(page.get_by_role("menuitem", name="Merge")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitem", name="Delete")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="More acts")).to_be_focused()


def test_a_value_is_edited_where_it_stands(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/customer")
    domain = page.get_by_role("button", name="Edit Domain")
    domain.press("Enter")
    page.keyboard.type("meyer.example")
    page.keyboard.press("Enter")
    expect(domain).to_be_focused()
    expect(page.locator(".inline", has=domain)).to_contain_text("meyer.example")


def test_a_choice_is_edited_with_the_servers_control(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/customer")
    page.get_by_text("Germany", exact=True).click()
    select = page.locator(".inline.editing select")
    select.select_option("AT")
    select.press("Enter")
    expect(page.locator(".inline:focus-within")).to_contain_text("AT")


def test_the_theme_changes_at_once(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/today")
    page.get_by_role("button", name="Nordwind GmbH").click()
    page.get_by_role("menuitemradio", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_a_link_opens_its_answer_in_the_dialog(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/components")
    page.get_by_role("link", name="Open in the dialog").click()
    expect(page.locator("#dialog-host")).to_contain_text("It stays in the trash")
    page.locator("#dialog-host").get_by_role("button", name="Cancel").click()
    expect(page.locator("#dialog-host")).to_be_hidden()


def test_an_address_is_suggested_and_checked(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/signup")
    page.get_by_label("Company").press_sequentially("Müller & Söhne GmbH")
    expect(page.get_by_label("Address")).to_have_value("mueller-soehne")
    expect(page.get_by_text("That address is free.")).to_be_visible()
    page.get_by_label("Address").fill("nordwind")
    expect(page.get_by_text("That address is taken.")).to_be_visible()
    expect(page.locator("[name=zone]")).to_have_value("Europe/Berlin")


def test_a_password_can_be_seen(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/signup")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_label("Password")).to_have_attribute("type", "text")


def test_a_combobox_asks_the_server(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/components")
    box = page.get_by_role("combobox", name="Colleague")
    box.fill("rit")
    page.get_by_role("option", name="Rita Vogel").click()
    expect(box).to_have_value("Rita Vogel")
    expect(page.locator("[name=k2]")).to_have_value("Rita Vogel")


def test_enter_waits_for_what_the_server_finds(page: Page, gallery: str) -> None:
    held = hold(page, "**/choices?q=rit")
    page.goto(f"{gallery}/components")
    box = page.get_by_role("combobox", name="Colleague")
    with page.expect_request("**/choices?q=rit"):
        box.fill("rit")
        box.press("Enter")
    expect(page.locator("[name=k2]")).to_have_value("Bob Lang")
    held[0].continue_()
    expect(box).to_have_value("Rita Vogel")
    expect(page.locator("[name=k2]")).to_have_value("Rita Vogel")


def test_on_a_phone_more_opens_the_places(page: Page, gallery: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{gallery}/customer")
    page.get_by_role("button", name="More", exact=True).click()
    expect(page.locator("#side").get_by_role("link", name="Deliveries")).to_be_visible()


_SETTLING = """() => {
  document.querySelector("main").insertAdjacentHTML("afterbegin", `<div class="people"><form class="settles"
    data-controller="settling" data-action="keydown->settling#key pointerdown->settling#point
    change->settling#change focusout->settling#leave"><select name="role" aria-label="Role">
    <option>Owner</option><option>Admin</option><option selected>Member</option></select>
    <button class="btn">Save</button></form></div>`)
  const form = document.querySelector("form.settles"), sent = document.documentElement.dataset
  form.addEventListener("submit", (event) => {
    event.preventDefault()
    sent.roles = [...(sent.roles ?? "").split(" "), new FormData(form).get("role")].join(" ").trim()
  })
}"""


def test_a_select_saves_what_was_chosen_not_what_was_passed(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/components")
    page.evaluate(_SETTLING)
    role, save, whole = (
        page.get_by_label("Role"),
        page.get_by_role("button", name="Save"),
        page.locator("html"),
    )
    expect(save).to_be_hidden()
    role.focus()
    page.keyboard.press("ArrowUp")
    expect(save).to_be_visible()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Escape")
    expect(role).to_have_value("Member")
    expect(save).to_be_hidden()
    page.keyboard.press("ArrowUp")
    expect(save).to_be_visible()
    expect(whole).not_to_have_attribute("data-roles", re.compile("."))
    page.keyboard.press("Enter")
    expect(whole).to_have_attribute("data-roles", "Admin")
    page.keyboard.press("ArrowUp")
    role.blur()
    expect(whole).to_have_attribute("data-roles", "Admin Owner")
    role.dispatch_event("pointerdown")
    role.select_option("Member")
    expect(whole).to_have_attribute("data-roles", "Admin Owner Member")
