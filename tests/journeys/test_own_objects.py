"""An administrator adds machines to what the company knows, and everybody works with them at once."""

from playwright.sync_api import Browser, Page, expect

from tests.cast import Person
from tests.journeys import acts

ADA = Person("Ada Wirth", "ada@lends-machines.example", "owner")


def test_machines_from_settings_to_the_api(live_server: str, browser: Browser) -> None:
    page = acts.window(browser)
    address = acts.sign_up(page, live_server, "lends-machines", ADA)
    add_object(page, address)
    add_fields(page, address)
    page.goto(f"{address}/companies/new")
    page.get_by_label("Name", exact=True).fill("Meyer Maschinenbau")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("h1")).to_have_text("Meyer Maschinenbau")
    company = page.url
    page.goto(f"{company}?tab=x_machines_company")
    page.locator('a[href*="/x_machines/new?company="]').first.click()
    page.get_by_label("Name", exact=True).fill("Press 7")
    page.get_by_label("State").select_option("Runs & hums")
    page.get_by_label("Fast").check()
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("h1")).to_have_text("Meyer Maschinenbau")
    page.goto(f"{company}?tab=x_machines_company")
    expect(page.locator(".grid tbody")).to_contain_text("Press 7")
    page.goto(f"{address}/")
    acts.find(page, "press", "Press 7")
    filter_by_state(page, address)
    edit_several(page)
    assert [each["tags"] for each in machines_of_api(page, address)] == [["fast", "loud"]]
    page.context.close()


def add_object(page: Page, address: str) -> None:
    page.goto(f"{address}/settings/objects")
    page.get_by_role("link", name="Add an object").click()
    for name, word in (("singular", "Machine"), ("plural", "Machines")):
        page.locator(f'[name="{name}.en"]').fill(word)
    page.locator('[name="plural.de"]').fill("Maschinen")
    page.get_by_role("radio", name="wrench").check(force=True)
    page.get_by_role("button", name="Add object").click()
    expect(page.locator("h1")).to_have_text("Machines")
    expect(page.locator('nav a[href="/x_machines"]').first).to_contain_text("Machines")


def add_fields(page: Page, address: str) -> None:
    """A relation to companies, a state and several tags."""
    new = f"{address}/settings/objects/x_machines/fields/new"
    page.goto(f"{new}?kind=relation")
    page.locator('[name="labels.en"]').fill("Company")
    page.get_by_label("Points to").select_option("Companies")
    page.get_by_role("button", name="Add field").click()
    expect(page.locator("h1")).to_have_text("Machines")
    for kind, label, words in (
        ("choice", "State", ("Runs & hums", 'Says "no"')),
        ("choices", "Tags", ("Fast", "Loud")),
    ):
        page.goto(f"{new}?kind={kind}")
        page.locator('[name="labels.en"]').fill(label)
        page.get_by_role("button", name="Add another").click()
        for place, word in enumerate(words):
            page.locator('[name="choices.en"]').nth(place).fill(word)
        page.get_by_label("Shown in the table").check()
        page.get_by_role("button", name="Add field").click()
        expect(page.locator("h1")).to_have_text("Machines")


def filter_by_state(page: Page, address: str) -> None:
    page.goto(f"{address}/x_machines")
    page.get_by_role("button", name="Filter").first.click()
    builder = page.locator("#filter-builder")
    builder.get_by_label("Field").fill("state")
    builder.get_by_role("option", name="State", exact=True).click()
    builder.get_by_label("Value").select_option("Runs & hums")
    builder.get_by_role("button", name="Show").click()
    expect(page.locator(".chips")).to_contain_text("Runs & hums")
    expect(page.locator(".grid tbody tr")).to_have_count(1)


def edit_several(page: Page) -> None:
    """Tick another of several choices in the cell; Enter keeps it."""
    cell = page.locator('td[data-edit="tags"]').first
    cell.dblclick()
    box = cell.get_by_role("checkbox", name="Loud")
    box.check()
    box.press("Enter")
    expect(cell.locator(".pill")).to_have_count(2)


def machines_of_api(page: Page, address: str) -> list[dict[str, object]]:
    """What a program of the company reads that may see objects of its own."""
    page.goto(f"{address}/developers/apps/new?sort=server")
    page.get_by_label("Name").fill("Script")
    page.locator('[name="scopes"][value="x_*:read"]').check()
    page.get_by_role("button", name="Register").click()
    told = page.locator("pre", has_text="Bearer").first.inner_text()
    token = told.split("Bearer ")[1].split("'")[0]
    base = told.split("'")[-2].split("/api/")[0]
    answer = page.request.get(f"{base}/api/v1/x_machines", headers={"Authorization": f"Bearer {token}"})
    assert answer.status == 200, answer.text()
    return list(answer.json()["data"])
