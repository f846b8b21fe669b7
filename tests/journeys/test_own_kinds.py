"""Choices that change places, machines that are counted, called and delivered."""

from playwright.sync_api import Browser, Page, expect

from tests.cast import Person
from tests.journeys import acts
from tests.journeys.test_own_objects import add_object

KIM = Person("Kim Orth", "kim@counts-machines.example", "owner")


def test_kinds_from_the_settings_to_the_record(live_server: str, browser: Browser) -> None:
    page = acts.window(browser)
    address = acts.sign_up(page, live_server, "counts-machines", KIM)
    add_object(page, address)
    settings = f"{address}/settings/objects/x_machines"
    add_state(page, settings)
    move_and_retire(page, f"{settings}/fields/state")
    add_fields(page, settings)
    move_fields(page, settings)
    add_machine(page, address)
    edit_phones(page)
    page.reload()
    expect(page.locator(".facts").first).to_contain_text("M-0001")
    page.goto(f"{address}/x_machines")
    expect(page.locator(".grid tbody")).to_contain_text("Bristol")
    page.context.close()


def add_state(page: Page, settings: str) -> None:
    page.goto(f"{settings}/fields/new?kind=choice")
    page.locator('[name="labels.en"]').fill("State")
    page.get_by_role("button", name="Add another").click()
    for place, word in enumerate(("Running", "Idle", "Broken")):
        page.locator('[name="choices.en"]').nth(place).fill(word)
    page.locator('[name="choices.state"]').nth(2).select_option("bad")
    page.get_by_label("Shown in the table").check()
    page.get_by_role("button", name="Add field").click()
    expect(page.locator("h1")).to_have_text("Machines")


def move_and_retire(page: Page, address: str) -> None:
    page.goto(address)
    words = page.locator('[name="choices.en"]')
    words.nth(2).focus()
    page.keyboard.press("Alt+ArrowUp")
    assert order(page) == ["Running", "Broken", "Idle"]
    expect(words.nth(1)).to_be_focused()
    expect(page.get_by_role("status").filter(has_text="Place 2 of 3")).to_have_count(1)
    first, grip = words.nth(0).bounding_box(), page.locator(".choice-row .grip").nth(1).bounding_box()
    assert first
    assert grip
    page.mouse.move(grip["x"] + 8, grip["y"] + 8)
    page.mouse.down()
    page.mouse.move(grip["x"] + 8, first["y"] + 2, steps=5)
    page.mouse.up()
    assert order(page) == ["Broken", "Running", "Idle"]
    page.get_by_role("button", name="Offer no more").nth(2).click()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("h1")).to_have_text("Machines")
    page.goto(address)
    assert order(page) == ["Broken", "Running", "Idle"]
    expect(page.locator(".choice-row.retired")).to_have_count(1)


def order(page: Page) -> list[str]:
    return [str(each.input_value()) for each in page.locator(".choice-row [name='choices.en']").all()]


def add_fields(page: Page, settings: str) -> None:
    for kind, label in (("autonumber", "Number"), ("phones", "Phones"), ("address", "Site")):
        page.goto(f"{settings}/fields/new?kind={kind}")
        page.locator('[name="labels.en"]').fill(label)
        if kind == "autonumber":
            page.get_by_label("Prefix").fill("M-")
        page.get_by_label("Shown in the table").check()
        page.get_by_role("button", name="Add field").click()
        expect(page.locator("h1")).to_have_text("Machines")


def move_fields(page: Page, settings: str) -> None:
    """The site before the phones: by its button, by key and back, kept at once, with undo."""
    page.goto(settings)
    assert fields(page)[-3:] == ["Number", "Phones", "Site"]
    page.get_by_role("button", name="Move Site up").click()
    expect(page.locator("#toasts")).to_contain_text("The fields stand in this order now")
    expect(page.get_by_role("button", name="Move Site up")).to_be_focused()
    page.reload()
    assert fields(page)[-3:] == ["Number", "Site", "Phones"]
    drag(page, "Phones", "State")
    expect(page.locator("#toasts")).to_contain_text("The fields stand in this order now")
    page.reload()
    assert fields(page) == ["Phones", "State", "Number", "Site"]
    drag(page, "Phones", "Site")
    expect(page.locator("#toasts")).to_contain_text("The fields stand in this order now")
    page.reload()
    assert fields(page) == ["State", "Number", "Site", "Phones"]
    page.get_by_role("link", name="Phones").focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("#toasts")).to_contain_text("The fields stand in this order now")
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(page.locator("h1")).to_have_text("History")
    expect(page.locator(".changes > li").first).to_contain_text("a change taken back")
    page.goto(settings)
    assert fields(page)[-3:] == ["Number", "Site", "Phones"]


def drag(page: Page, name: str, onto: str) -> None:
    """By its grip, past all others between, in steps as a hand does it."""
    row = page.locator(".moved").filter(has=page.get_by_text(name, exact=True))
    there = page.locator(".moved").filter(has=page.get_by_text(onto, exact=True)).bounding_box()
    grip = row.locator(".grip").bounding_box()
    assert there
    assert grip
    is_up = there["y"] < grip["y"]
    page.mouse.move(grip["x"] + 6, grip["y"] + 6)
    page.mouse.down()
    page.mouse.move(grip["x"] + 6, there["y"] + (2 if is_up else there["height"] - 2), steps=12)
    page.mouse.up()


def fields(page: Page) -> list[str]:
    return page.locator(".moved .name strong").all_inner_texts()


def add_machine(page: Page, address: str) -> None:
    page.goto(f"{address}/x_machines/new")
    page.get_by_label("Name", exact=True).fill("Press 7")
    state = page.locator("#f-state")
    assert state.locator("option").all_inner_texts() == ["–", "Broken", "Running"]
    state.select_option("Broken")
    page.locator('[name="phones.value"]').first.fill("030 1234567")
    page.locator('[name="phones.purpose"]').first.fill("mobile")
    page.get_by_label("Street").fill("1 High St")
    page.get_by_label("City").fill("Bristol")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("h1")).to_have_text("Press 7")
    expect(page.locator(".pill.broken").first).to_have_text("Broken")


def edit_phones(page: Page) -> None:
    """Another phone in its place; Enter keeps it."""
    page.get_by_role("button", name="Edit Phones").click()
    fields = page.locator(".inline.editing")
    fields.get_by_role("button", name="Add another").click()
    second = fields.locator('[name="phones.value"]').nth(1)
    second.fill("040 7654321")
    second.press("Enter")
    expect(page.locator(".facts").first).to_contain_text("7654321")
    expect(page.get_by_text("Phones changed")).to_be_visible()
