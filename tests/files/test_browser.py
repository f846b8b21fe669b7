"""Files in a real browser: they go up and come back, and nothing in them runs."""

from pathlib import Path

from playwright.sync_api import Dialog, FilePayload, Page, Route, expect

from tests.browser import choosing
from tests.cast import Person
from tests.domain.files.sending import png
from tests.journeys import acts

TRAY = "#tray .transfer"
SHOUT = "document.title='ran'; alert(document.domain)"
HOSTILE = {
    "page.html": f'<!doctype html><title>x</title><script>{SHOUT}</script><img src=x onerror="{SHOUT}">',
    "drawing.svg": f'<svg xmlns="http://www.w3.org/2000/svg" onload="{SHOUT}"><script>{SHOUT}</script></svg>',
    "page.xhtml": f'<html xmlns="http://www.w3.org/1999/xhtml"><script>{SHOUT}</script></html>',
    "style.xml": f'<?xml version="1.0"?><s:script xmlns:s="http://www.w3.org/1999/xhtml">{SHOUT}</s:script>',
    "mail.mht": f"MIME-Version: 1.0\nContent-Type: text/html\n\n<script>{SHOUT}</script>",
    "polyglot.gif": f"GIF89a/*<html><script>{SHOUT}</script></html>*/=1;{SHOUT}",
    "polyglot.pdf": f"%PDF-1.4\n<html><script>{SHOUT}</script></html>",
    '<img src=x onerror="alert(1)">.txt': "words",
    "photo\u202egpj.exe.txt": "words",
    "../../etc.txt": "words",
    "a" * 250 + ".txt": "words",
}


def file(name: str, body: bytes = b"words", kind: str = "text/plain") -> FilePayload:
    return {"name": name, "mimeType": kind, "buffer": body}


def company(page: Page, address: str, slug: str) -> str:
    """The page of a customer in a fresh workspace."""
    page.set_default_timeout(30_000)
    owner = Person("Kim Park", f"kim@{slug}.example", "owner")
    workspace = acts.sign_up(page, address, slug, owner)
    page.goto(f"{workspace}/companies/new")
    page.locator("#f-name").fill("Meyer Maschinenbau")
    page.get_by_role("button", name="Add").click()
    expect(page.locator("h1")).to_have_text("Meyer Maschinenbau")
    return page.url


def choose(page: Page, *files: FilePayload) -> None:
    page.set_input_files("#tray input[type=file]", list(files))


def drop(page: Page, name: str, words: str, onto: str = "main") -> None:
    """Drag a file over the page and let it go."""
    page.evaluate(
        """([name, words, onto]) => {
          const data = new DataTransfer()
          data.items.add(new File([words], name, { type: "text/plain" }))
          for (const kind of ["dragenter", "dragover", "drop"])
            document.querySelector(onto).dispatchEvent(
              new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: data }))
        }""",
        [name, words, onto],
    )


def row(page: Page, name: str) -> str:
    return f".files > .file:has-text('{name}')"


def test_files_go_up_are_shown_shared_and_taken_back(live_server: str, page: Page) -> None:
    address = company(page, live_server, "files-up")
    drop(page, "dropped.txt", "dropped words")
    expect(page.locator("#toasts")).to_contain_text("1 file added")
    expect(page.locator(".timeline")).to_contain_text("File added")
    page.goto(f"{address}?tab=files")
    with choosing(page, file("pump.png", png(900, 600), "image/png"), file("offer.txt")):
        page.keyboard.press("u")
    expect(page.locator(".files > .file")).to_have_count(3)
    # The small picture comes by itself.
    expect(page.locator(f"{row(page, 'pump.png')} img")).to_be_visible(timeout=60_000)
    expect(page.locator(f"{row(page, 'pump.png')} img")).to_have_js_property("naturalWidth", 480)

    switch = page.get_by_role("switch", name="Customer sees offer.txt")
    switch.focus()
    page.keyboard.press("Space")
    expect(page.locator("#toasts")).to_contain_text("The customer sees offer.txt")
    page.reload()
    expect(switch).to_be_checked()

    with page.expect_download() as download:
        page.locator(row(page, "dropped.txt")).locator("a.name").click()
    assert Path(download.value.path()).read_text() == "dropped words"
    assert download.value.suggested_filename == "dropped.txt"

    page.get_by_role("button", name="Delete offer.txt").click()
    expect(page.locator(".files > .file")).to_have_count(2)
    page.locator("#toasts").get_by_role("button", name="Undo").click()
    expect(page.locator(".files > .file")).to_have_count(3)


def test_what_fails_says_why_and_is_tried_again(live_server: str, page: Page) -> None:
    address = company(page, live_server, "files-fail")
    page.goto(f"{address}?tab=files")

    def broken(route: Route) -> None:
        route.abort() if route.request.method == "PUT" else route.fallback()

    page.route("**/files.localhost*/**", broken)
    choose(page, file("a.txt"), file("fake.png", b"<html>", "image/png"), file("empty.txt", b""))
    expect(page.locator("#tray")).to_contain_text("3 files were not added")
    expect(page.locator(TRAY, has_text="a.txt")).to_contain_text("The connection broke")
    expect(page.locator(TRAY, has_text="empty.txt")).to_contain_text("This file is empty")
    page.unroute("**/files.localhost*/**")
    page.locator(TRAY, has_text="fake.png").get_by_role("button", name="Try again").click()
    expect(page.locator(TRAY, has_text="fake.png")).to_contain_text("not what the name says")
    page.locator(TRAY, has_text="a.txt").get_by_role("button", name="Try again").click()
    expect(page.locator("#toasts")).to_contain_text("1 file added")
    expect(page.locator(".files > .file")).to_have_count(1)
    page.locator("#tray").get_by_role("button", name="Close").click()
    expect(page.locator(TRAY)).to_have_count(0)


def test_an_upload_is_cancelled(live_server: str, page: Page) -> None:
    address = company(page, live_server, "files-cancel")
    page.goto(f"{address}?tab=files")
    page.route(
        "**/files.localhost*/**", lambda route: None if route.request.method == "PUT" else route.fallback()
    )
    choose(page, file("slow.txt"))
    expect(page.locator(TRAY)).to_contain_text("%")
    page.locator(TRAY).get_by_role("button", name="Cancel").click()
    expect(page.locator(TRAY)).to_have_count(0)
    page.reload()
    expect(page.locator(".files > .file")).to_have_count(0)


def test_nothing_in_a_file_runs(live_server: str, page: Page) -> None:
    address = company(page, live_server, "files-hostile")
    ran: list[str] = []

    def shouted(dialog: Dialog) -> None:
        ran.append(dialog.message)
        dialog.dismiss()

    page.context.on("dialog", shouted)
    page.goto(f"{address}?tab=files")
    choose(page, *(file(name, body.encode(), "text/html") for name, body in HOSTILE.items()))
    expect(page.locator(".files > .file")).to_have_count(len(HOSTILE), timeout=60_000)
    links = page.locator(".files a.name").evaluate_all("links => links.map(link => link.href)")
    opened = {}
    for link in (each.split("?")[0] for each in links):
        for wanted in (link, f"{link}?show=1"):
            other = opened[wanted] = page.context.new_page()
            other.on("download", lambda download: download.cancel())
            other.goto("about:blank")
            other.evaluate("link => { location.href = link }", wanted)
    # All of them at once: as long as one would need on a busy machine.
    page.wait_for_timeout(2_000)
    assert [wanted for wanted, other in opened.items() if other.title() == "ran"] == []
    for other in opened.values():
        other.close()
    page.goto(address)
    expect(page.locator(".timeline")).to_contain_text("File added")
    assert page.title() != "ran"
    assert ran == []


def test_a_message_takes_the_files_dropped_on_it(live_server: str, page: Page) -> None:
    address = company(page, live_server, "files-message")
    root = address.split("/companies/")[0]
    page.goto(f"{root}/contacts/new?company_id={address.rsplit('/', 1)[1]}")
    page.locator("#f-last_name").fill("Meyer")
    page.locator("#f-emails").or_(page.locator("input[type=email]")).first.fill("carol@meyer.example")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("h1")).to_have_text("Meyer")
    contact = page.url
    page.goto(f"{contact}?tab=messages")
    drop(page, "photo.txt", "a photo", onto=".write-box textarea")
    expect(page.locator("#tray-files .transfer")).to_contain_text("Added")
    expect(page.locator(TRAY)).to_have_count(0)
    page.locator(".write-box textarea").fill("Here it is.")
    page.locator(".write-box").get_by_role("button", name="Send").click()
    expect(page.locator("main")).to_contain_text("photo.txt")
    expect(page.locator("#tray-files .transfer")).to_have_count(0)
    page.goto(f"{contact}?tab=files")
    expect(page.locator(".files > .file")).to_have_count(0)
