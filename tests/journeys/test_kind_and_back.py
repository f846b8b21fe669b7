"""A field of many records becomes of another kind: one entry of the history tells of it, and leads back."""

import re
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect

from tests.cast import Person
from tests.journeys import acts

UTA = Person("Uta Lang", "uta@changes-kinds.example", "owner")
# More than one portion of the job.
MANY = 2_300


def test_kind_is_changed_told_once_and_taken_back(live_server: str, browser: Browser, tmp_path: Path) -> None:
    page = acts.window(browser)
    address = acts.sign_up(page, live_server, "changes-kinds", UTA)
    settings = f"{address}/settings/objects/contacts"
    page.goto(f"{settings}/fields/new?kind=text")
    page.locator('[name="labels.en"]').fill("Badge")
    page.get_by_label("Shown in the table").check()
    page.get_by_role("button", name="Add field").click()
    expect(page.locator("h1")).to_have_text("Contacts")
    acts.import_contacts(page, address, _badges(tmp_path))
    expect(badges(page, address)).to_contain_text("007")

    page.goto(f"{settings}/fields/x_badge")
    page.get_by_role("link", name="Change the kind").click()
    page.get_by_role("link", name="Number").first.click()
    page.get_by_role("button", name="Change the kind").click()
    entry = until_told(page, settings)
    expect(entry).to_contain_text("Text → Number")
    entry.locator("summary").click()
    expect(entry.locator("details dl > div")).to_have_count(5)
    expect(entry.locator("details dl > div").first).to_contain_text(re.compile(r"00(\d) → \1"))
    expect(entry.locator("details")).to_contain_text("and 2,295 more")
    expect(page.locator(".changes > li").filter(has_text="Text → Number")).to_have_count(1)
    entry.locator("details dl a").first.click()
    expect(page.locator("main")).to_contain_text("Badge changed")
    expect(badges(page, address)).not_to_contain_text("007")

    until_told(page, settings).get_by_role("button", name="Undo").click()
    # The job's own progress may take the place of the answer at once.
    expect(page.locator("#toasts")).to_contain_text(re.compile(r"being changed back|gets its kind back"))
    until_told(page, settings, "Number → Text")
    was = page.locator(".changes > li").filter(has_text="Text → Number")
    expect(was).to_contain_text("taken back")
    expect(badges(page, address)).to_contain_text("007")
    page.context.close()


def until_told(page: Page, settings: str, words: str = "Text → Number") -> Locator:
    """The entry of the history once the job is through."""
    entry = page.locator(".changes > li").filter(has_text=words)
    told = entry.locator("summary").filter(has_text="in another way")
    for _ in range(120):
        page.goto(settings.replace("/contacts", "/history?object=contacts"))
        if told.count():
            break
        page.wait_for_timeout(500)
    expect(told).to_have_text("2,300 records say it in another way")
    return entry


def badges(page: Page, address: str) -> Locator:
    """The first contacts of the list with their badges."""
    page.goto(f"{address}/contacts")
    return page.locator(".grid tbody")


def _badges(folder: Path) -> Path:
    file = folder / "contacts.csv"
    rows = [f"{_name(number)},{number % 9 + 1:03d}" for number in range(1, MANY)]
    file.write_text("\n".join(["Last name,Badge", "First,007", *rows]) + "\n", encoding="utf-8")
    return file


def _name(number: int) -> str:
    """A name without a digit, which could look like a badge."""
    return "N" + "".join("abcdefghij"[int(digit)] for digit in str(number))
