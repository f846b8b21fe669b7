"""Files in the form of a new record: each says how it fared, and what arrived is on the record."""

from io import BytesIO

from PIL import Image
from playwright.sync_api import Browser, FilePayload, Locator, Page, expect

from tests.browser import choosing
from tests.cast import Person
from tests.journeys import acts

MIA = Person("Mia Falk", "mia@takes-files.example", "owner")


def test_form_takes_what_fits_and_says_why_not(live_server: str, browser: Browser) -> None:
    page = acts.window(browser)
    address = acts.sign_up(page, live_server, "takes-files", MIA)
    page.goto(f"{address}/companies/new")
    page.get_by_label("Name", exact=True).fill("Meyer Maschinenbau")
    choose(page, _file("seal.png", _picture()), _file("photo.png", b"just words"))
    expect(row(page, "seal.png").locator("[data-part=state]")).to_have_text("Added")
    why = row(page, "photo.png").get_by_role("alert")
    expect(why).to_contain_text("The content is not what the name says")
    expect(row(page, "photo.png").get_by_role("button", name="Try again")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="1 file was not added")).to_be_visible()
    choose(page, _file("nothing.txt", b""))
    expect(row(page, "nothing.txt").get_by_role("alert")).to_contain_text("This file is empty.")
    expect(row(page, "seal.png").locator("[data-part=state]")).to_have_text("Added")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("h1")).to_have_text("Meyer Maschinenbau")
    page.goto(f"{page.url.partition('?')[0]}?tab=files")
    expect(page.locator(".files .file")).to_have_count(1)
    expect(page.locator(".files .file .name")).to_have_text("seal.png")
    until_pictured(page)
    page.context.close()


def test_file_taken_out_of_the_form_stays_out(live_server: str, browser: Browser) -> None:
    page = acts.window(browser)
    address = acts.sign_up(page, live_server, "takes-some-files", MIA)
    page.goto(f"{address}/companies/new")
    page.get_by_label("Name", exact=True).fill("Otto Werke")
    choose(page, _file("one.txt", b"one"), _file("two.txt", b"two"))
    for name in ("one.txt", "two.txt"):
        expect(row(page, name).locator("[data-part=state]")).to_have_text("Added")
    row(page, "one.txt").get_by_role("button", name="Cancel").click()
    expect(row(page, "one.txt")).to_have_count(0)
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("h1")).to_have_text("Otto Werke")
    page.goto(f"{page.url.partition('?')[0]}?tab=files")
    expect(page.locator(".files .file .name")).to_have_text(["two.txt"])
    page.context.close()


def choose(page: Page, *files: FilePayload) -> None:
    """As the dialog of the system would, which opens for the button."""
    with choosing(page, *files):
        page.get_by_role("button", name="Choose files").click()


def row(page: Page, name: str) -> Locator:
    return page.locator(".transfer").filter(has=page.get_by_text(name, exact=True))


def until_pictured(page: Page, most: int = 60) -> None:
    """The small picture is made by a job; the page has it when it is loaded next."""
    small = page.locator(".files .file img")
    for _ in range(most):
        if small.count():
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(small).to_have_js_property("complete", True)
    assert small.evaluate("picture => picture.naturalWidth") > 0


def _file(name: str, body: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": body}


def _picture() -> bytes:
    made = BytesIO()
    Image.new("RGB", (400, 300), "darkorange").save(made, "PNG")
    return made.getvalue()
