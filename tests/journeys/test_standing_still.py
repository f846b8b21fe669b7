"""What comes later moves nothing that somebody is about to press."""

import pytest
from playwright.sync_api import Page, expect


@pytest.mark.parametrize("width", [1440, 390])
def test_the_form_stands_still_while_the_address_is_checked(live_server: str, page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{live_server}/sign-up")
    button = page.get_by_role("button", name="Create workspace")
    before = button.bounding_box()
    page.locator("#f-slug").fill("standing-still")
    expect(page.locator("[data-slug-check-target=told]")).to_have_text("This address is free.")
    assert button.bounding_box() == before
