"""Every component on every page: no fault that axe finds, nothing wider than the window, nothing refused."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from app.config import ROOT
from tests.browser import is_fault
from tests.ui.gallery.site import PAGES

AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text()
RUN = """only => axe.run(document, {resultTypes: ["violations"], ...(only && {runOnly: only})}).then(
    found => found.violations.map(
        one => [one.id, one.nodes.map(node => node.target.join(" ") + ": " + node.failureSummary)]))"""
# What a theme can change: of all rules these alone look at colours.
COLOURS = ("color-contrast", "link-in-text-block")
WINDOWS = {"desk": (1440, 860), "phone": (390, 844)}


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """What the browser's console says while a page is open: must stay empty."""
    told: list[str] = []
    yield told
    assert not told


@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("name", PAGES)
def test_page_has_no_fault(
    browser: Browser, gallery: str, complaints: list[str], name: str, window: str
) -> None:  # fmt: skip
    width, height = WINDOWS[window]
    context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
    page = listened(context, complaints)
    page.goto(f"{gallery}/{name}?toast=1")
    assert faults_in_both_themes(context, page) == []
    assert overflow(page) <= 0
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_page_flows_again_at_four_hundred_per_cent(browser: Browser, gallery: str, name: str) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 256})
    page = context.new_page()
    for language in ("en", "de"):
        page.goto(f"{gallery}/{name}?lang={language}")
        assert overflow(page) <= 0, language
    context.close()


# The page, what is done there, and what stands there when it is open.
OPENED = {
    "command": ("table", "press:Control+k", "#command #find a"),
    "keys": ("table", "press:?", "#keys .keysheet kbd"),
    "house": ("table", "click:.house", ".menu:popover-open"),
    "filter": ("table", "press:f", "#filter-builder [role=combobox]"),
    "editing": ("table", "dblclick:td[data-edit]", "td.editing input"),
    "selected": ("table", "click:tbody .pick input", "#companies-bar"),
    "dialog": ("components", "click:[data-dialog=sure]", "#sure"),
    "combobox": ("components", "click:#f-k", "[role=option]"),
    "thread": ("customer", "focus:.thread a", ".thread a:focus"),
}


@pytest.mark.parametrize("part", OPENED)
def test_what_opens_has_no_fault(browser: Browser, gallery: str, complaints: list[str], part: str) -> None:
    name, step, sign = OPENED[part]
    act, _, what = step.partition(":")
    context = browser.new_context(viewport={"width": 1440, "height": 860}, reduced_motion="reduce")
    page = listened(context, complaints)
    page.goto(f"{gallery}/{name}")
    if act == "press":
        page.keyboard.press(what)
    else:
        getattr(page.locator(what).first, act)()
    page.locator(sign).filter(visible=True).first.wait_for()
    # Two frames later what opens by a script has its place too.
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert faults(context, page) == []
    context.close()


def test_forced_colours_keep_the_shapes(browser: Browser, gallery: str) -> None:
    context = browser.new_context(forced_colors="active")
    page = context.new_page()
    page.goto(f"{gallery}/customer")
    assert page.locator(".thread .broken .s-broken").first.is_visible()
    assert page.locator(".btn").first.evaluate("node => getComputedStyle(node).borderTopWidth") != "0px"
    context.close()


def test_targets_on_a_phone_can_be_hit(browser: Browser, gallery: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(f"{gallery}/customer")
    small = page.evaluate("""[...document.querySelectorAll(".btn, .bottom > *")]
        .filter(node => node.offsetParent)
        .map(node => [node.textContent.trim(), node.getBoundingClientRect()])
        .filter(([name, box]) => box.width && (box.height < 35 || box.width < 35)).map(([name]) => name)""")
    assert small == []
    context.close()


def listened(context: BrowserContext, complaints: list[str]) -> Page:
    page = context.new_page()
    page.on(
        "console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None
    )
    page.on("pageerror", lambda error: complaints.extend([str(error)] if is_fault(error) else []))
    return page


def faults(context: BrowserContext, page: Page) -> list[Any]:
    """What axe finds; brought in past the page's own policy.

    While Turbo brings the next page it says so at the root, where axe allows no such attribute.
    """
    expect(page.locator("html:not([aria-busy])")).to_have_count(1)
    context.new_cdp_session(page).send("Runtime.evaluate", {"expression": AXE})
    found: list[Any] = page.evaluate(RUN)
    return found


def faults_in_both_themes(context: BrowserContext, page: Page) -> list[Any]:
    """What axe finds in the light theme, and in the dark one by the rules that look at colours."""
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    light = faults(context, page)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    return [*light, *(("dark", each) for each in page.evaluate(RUN, COLOURS))]


def overflow(page: Page) -> int:
    """How many pixels the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - innerWidth"))
