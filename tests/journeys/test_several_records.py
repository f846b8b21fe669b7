"""Several records in one field: found by typing, taken away by a tick, in the form and in the cell."""

import os
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.cast import Person
from tests.journeys import acts
from tests.journeys.test_own_objects import add_object

EVA = Person("Eva Lang", "eva@operates-machines.example", "owner")


def test_operators_are_chosen_in_form_and_cell(live_server: str, browser: Browser) -> None:
    page = acts.window(browser)
    address = acts.sign_up(page, live_server, "operates-machines", EVA)
    add_object(page, address)
    page.goto(f"{address}/settings/objects/x_machines/fields/new?kind=relations")
    page.locator('[name="labels.en"]').fill("Operators")
    page.get_by_label("Points to").select_option("Contacts")
    page.locator('[name="list_labels.en"]').fill("Operates")
    page.get_by_label("Shown in the table").check()
    page.get_by_role("button", name="Add field").click()
    expect(page.locator("h1")).to_have_text("Machines")
    for name in ("Weber", "Kurz", "Otto"):
        page.goto(f"{address}/contacts/new")
        page.get_by_label("Last name").fill(name)
        page.get_by_role("button", name="Add", exact=True).click()
        expect(page.locator("h1")).to_contain_text(name)
    otto = page.url
    page.goto(f"{address}/x_machines/new")
    page.get_by_label("Name", exact=True).fill("Press 7")
    holds = page.locator("#f-operators")
    for name in ("Weber", "Kurz"):
        holds.get_by_role("combobox").fill(name)
        expect(holds.get_by_role("option", selected=True)).to_have_text(name)
        holds.get_by_role("combobox").press("Enter")
        expect(holds.get_by_role("checkbox", name=name)).to_be_checked()
    holds.get_by_role("combobox").press("Backspace")
    expect(holds.get_by_role("checkbox", name="Kurz")).not_to_be_checked()
    holds.get_by_role("checkbox", name="Kurz").check()
    _picture(page, "form")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("h1")).to_have_text("Press 7")
    expect(page.get_by_role("link", name="Weber")).to_be_visible()
    page.goto(f"{address}/x_machines")
    cell = page.locator('td[data-edit="operators"]').first
    expect(cell).to_have_text("Weber, Kurz")
    cell.dblclick()
    cell.get_by_role("checkbox", name="Weber").uncheck()
    cell.get_by_role("combobox").fill("Otto")
    expect(cell.get_by_role("option", selected=True)).to_have_text("Otto")
    _picture(page, "cell")
    cell.get_by_role("combobox").press("Enter")
    cell.get_by_role("combobox").press("Enter")
    expect(cell.get_by_role("link")).to_have_text(["Kurz", "Otto"])
    page.goto(f"{otto}?tab=x_machines_operators")
    expect(page.locator(".grid tbody")).to_contain_text("Press 7")
    _merge(page, address)
    page.context.close()


def _merge(page: Page, address: str) -> None:
    """Press 8, which Weber operates, becomes a part of Press 7: its operators come along."""
    page.goto(f"{address}/x_machines/new")
    page.get_by_label("Name", exact=True).fill("Press 8")
    holds = page.locator("#f-operators")
    holds.get_by_role("combobox").fill("Weber")
    expect(holds.get_by_role("option", selected=True)).to_have_text("Weber")
    holds.get_by_role("combobox").press("Enter")
    expect(holds.get_by_role("checkbox", name="Weber")).to_be_checked()
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("h1")).to_have_text("Press 8")
    other = page.url.rsplit("/", 1)[-1].partition("?")[0]
    page.goto(f"{address}/x_machines")
    page.get_by_role("link", name="Press 7").first.click()
    expect(page.locator("h1")).to_have_text("Press 7")
    page.goto(f"{page.url.partition('?')[0]}/merge?with={other}")
    line = page.get_by_role("radiogroup", name="Operators")
    expect(line.locator("input:checked")).to_have_value("both")
    expect(line.locator("label", has=page.locator("input[value=both]"))).to_contain_text("Kurz, Otto, Weber")
    _picture(page, "compare")
    for key, side in (
        ("ArrowLeft", "keep"),
        ("ArrowRight", "both"),
        ("ArrowRight", "drop"),
        ("ArrowLeft", "both"),
    ):
        line.locator("input:checked").press(key)
        expect(line.locator("input:checked")).to_have_value(side)
    page.get_by_role("button", name="Merge", exact=True).click()
    expect(page.locator("#toasts")).to_contain_text("Press 8 is merged")
    for name in ("Kurz", "Otto", "Weber"):
        expect(page.get_by_role("link", name=name)).to_be_visible()


def _picture(page: Page, name: str) -> None:
    if not (to := os.environ.get("KITH_SHOTS")):
        return
    for width in (1440, 390):
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": 860})
            page.screenshot(path=Path(to) / f"{name}-{width}-{scheme}.png")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1440, "height": 860})
