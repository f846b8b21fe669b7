"""The main pages with samples: no fault that axe finds, nothing wider than the window, in both themes."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from tests.cast import Person
from tests.journeys import acts
from tests.ui.test_gallery import faults_in_both_themes, overflow

KIM = Person("Kim Park", "kim@all-pages.example", "owner")
WINDOWS: dict[str, ViewportSize] = {
    "desk": {"width": 1440, "height": 860},
    "phone": {"width": 390, "height": 844},
}
LISTS = ("companies", "contacts", "orders", "deliveries", "activities")
FORMS = ("/contacts/new", "/orders/new", "/companies?filter[city]=Kassel", "/companies?trash=1")


@pytest.fixture(scope="module")
def workspace(live_server: str, browser: Browser) -> Iterator[tuple[BrowserContext, str]]:
    """A workspace full of samples, and a browser that is in it."""
    page = acts.window(browser)
    address = acts.sign_up(page, live_server, "all-pages", KIM)
    page.locator('form[action="/samples"] button').first.click()
    page.wait_for_url("**/jobs/**")
    for _ in range(240):
        page.goto(f"{address}/companies")
        if page.locator(".grid tbody tr").count() >= 40:
            break
        page.wait_for_timeout(250)
    expect(page.locator(".grid tbody tr")).to_have_count(40)
    yield page.context, address
    page.context.close()


@pytest.mark.parametrize("window", WINDOWS)
def test_main_pages_have_no_fault(workspace: tuple[BrowserContext, str], window: str) -> None:
    context, address = workspace
    page = context.new_page()
    page.set_viewport_size(WINDOWS[window])
    for path in ("/", *addresses(page, address), *FORMS):
        page.goto(f"{address}{path}")
        assert overflow(page) <= 0, path
        assert faults_in_both_themes(context, page) == [], path
    page.close()


def addresses(page: Page, address: str) -> list[str]:
    """The lists, and the first record of each."""
    found = []
    for name in LISTS:
        page.goto(f"{address}/{name}")
        found += [f"/{name}", str(page.locator("tr[data-href]").first.get_attribute("data-href"))]
    return found
