"""The first day: sign up, confirm, bring customers, find, edit, invite; the second person sees it."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.cast import Person
from tests.journeys import acts

SHARED = Path(__file__).parents[3] / "shared/data/adventureworks/AdventureWorks_Customers.csv"
CSV = """First name,Last name,Company,Work email,City
Carol,Meyer,Meyer Maschinenbau,carol@meyer-maschinenbau.example,Köln
Dan,Otto,Die Wandernde Kuh,dan@wandernde-kuh.example,Stuttgart
Zoë,O'Brien,Meyer Maschinenbau,zoe@meyer-maschinenbau.example,Köln
"""


def test_second_person_sees_what_the_first_brought(
    live_server: str, browser: Browser, page: Page, tmp_path: Path
) -> None:
    workspace = acts.sign_up(
        page, live_server, "first-day", Person("Ann Berg", "ann@first-day.example", "owner")
    )
    acts.confirm(page, live_server, "ann@first-day.example")

    file = tmp_path / "customers.csv"
    file.write_text(CSV, encoding="utf-8")
    acts.import_contacts(page, workspace, file)
    page.goto(f"{workspace}/contacts")
    expect(page.locator(".grid tbody tr")).to_have_count(3)

    acts.find(page, "carol", "Carol Meyer")
    acts.edit(page, "Job title", "Head of purchasing")
    acts.choose(page, "Country", "Germany")

    acts.invite(page, workspace, "bob@first-day.example")
    bob = acts.window(browser)
    acts.join(bob, live_server, "bob@first-day.example", "Bob Lind")
    acts.find(bob, "carol", "Carol Meyer")
    expect(bob.locator(".about")).to_contain_text("Head of purchasing")
    expect(bob.locator(".about")).to_contain_text("Germany")
    expect(bob.locator(".about")).to_contain_text("Last changed by Ann Berg")
    expect(bob.locator(".timeline")).to_contain_text("Job title")
    bob.context.close()


def test_eighteen_thousand_customers_are_found_at_once(live_server: str, page: Page) -> None:
    if not SHARED.exists():
        pytest.skip(f"the customers of AdventureWorks are not at {SHARED}")
    workspace = acts.sign_up(
        page, live_server, "adventure", Person("Kim Park", "kim@adventure.example", "owner")
    )
    acts.import_contacts(page, workspace, SHARED, patience=900_000)
    page.goto(f"{workspace}/contacts")
    expect(page.locator(".grid tbody tr")).to_have_count(50)
    search = page.get_by_role("searchbox")
    search.press_sequentially("eugene10@", delay=40)
    expect(page.locator(".grid tbody tr")).to_have_count(1)
    expect(page.locator("tbody")).to_contain_text("EUGENE HUANG")
    expect(search).to_be_focused()
    expect(search).to_have_value("eugene10@")
