"""The filter builder under the hand: fields near and far, lists, groups, and the address that comes of it."""

import json
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect


@pytest.fixture
def table(page: Page, gallery: str) -> Page:
    page.goto(f"{gallery}/table")
    return page


def asked(page: Page) -> list[tuple[str, str]]:
    """The filter that the address carries once it was applied."""
    page.wait_for_url(lambda url: "filter[" in url or "where=" in url)
    return [pair for pair in parse_qsl(urlsplit(page.url).query) if pair[0] not in ("lang", "tree")]


def show(page: Page, gallery: str, tree: Any) -> Locator:
    page.goto(f"{gallery}/table?tree={quote(json.dumps(tree))}")
    page.keyboard.press("f")
    return page.locator("#filter-builder")


def choose(page: Page, words: str) -> None:
    """Takes the first field that fits in the picker that has the focus."""
    expect(page.locator("[role=combobox][aria-label=Field]:focus")).to_have_count(1)
    page.keyboard.type(words)
    page.keyboard.press("Enter")


def test_keys_alone_build_a_condition(table: Page) -> None:
    table.keyboard.press("f")
    choose(table, "city")
    expect(table.get_by_label("Value")).to_be_focused()
    table.keyboard.type("Kassel")
    table.keyboard.press("Shift+Tab")
    table.keyboard.type("contains")
    table.keyboard.press("Control+Enter")
    assert asked(table) == [("filter[city][contains]", "Kassel")]


def test_fields_of_related_records_are_found_by_words(table: Page) -> None:
    table.keyboard.press("f")
    choose(table, "parent parent city")
    expect(table.get_by_label("Field")).to_have_value("Parent company › Parent company › City")
    table.keyboard.type("Kiel")
    table.keyboard.press("Enter")
    assert asked(table) == [("filter[parent_id.parent_id.city]", "Kiel")]


def test_lists_are_asked_whether_any_is_so(table: Page) -> None:
    table.keyboard.press("f")
    choose(table, "orders")
    expect(table.get_by_role("button", name="that are so …")).to_be_focused()
    table.keyboard.press("Enter")
    choose(table, "status")
    table.get_by_label("Value").select_option("Late")
    table.get_by_role("button", name="Show").click()
    (pair,) = asked(table)
    assert pair[0] == "where"
    assert json.loads(pair[1]) == {"any": "orders", "where": {"field": "status", "op": "eq", "value": "late"}}


def test_lists_may_be_asked_for_none(table: Page) -> None:
    table.keyboard.press("f")
    choose(table, "cases")
    table.get_by_label("Condition", exact=True).select_option("has none")
    table.get_by_role("button", name="Show").click()
    assert asked(table) == [("filter[cases][none]", "true")]


def test_two_steps_are_the_furthest(page: Page, gallery: str) -> None:
    tree = {"any": "orders", "where": {"field": "company_id.city", "value": "Kiel"}}
    box = show(page, gallery, tree)
    inner = box.get_by_label("Field").nth(1)
    expect(inner).to_have_value("Company › City")
    inner.click()
    options = box.locator(".nested [role=listbox] [role=group]")
    expect(options.filter(has_text="Company").first).to_be_visible()
    expect(box.locator(".nested [role=group][aria-label='Company › Parent company']")).to_have_count(0)
    expect(
        box.locator(".nested [role=listbox] [role=group][aria-label='Lists of the record']")
    ).to_have_count(0)


DEEP = {
    "and": [
        {"field": "city", "op": "in", "value": ["Kiel", "Bremen"]},
        {"or": [{"field": "since", "op": "gte", "value": "last_30_days"}, {"field": "since", "op": "empty"}]},
        {"not": {"or": [{"field": "name", "op": "contains", "value": "test"}, {"none": "orders"}]}},
        {"not": {"and": [{"field": "name", "op": "eq", "value": "a"}, {"field": "city", "op": "empty"}]}},
        {"field": "since", "op": "between", "value": ["2026-01-01", "2026-02-01"]},
    ]
}


def test_what_is_shown_is_written_again(page: Page, gallery: str) -> None:
    box = show(page, gallery, DEEP)
    expect(box.locator(".filter-group.nested")).to_have_count(3)
    box.get_by_role("button", name="Show").click()
    found = asked(page)
    assert found[:2] == [("filter[city][in]", "Kiel"), ("filter[city][in]", "Bremen")]
    assert [json.loads(value) for name, value in found[2:] if name == "where"] == DEEP["and"][1:]


def test_groups_are_added_joined_and_taken_away(page: Page, gallery: str) -> None:
    box = show(page, gallery, {"field": "city", "op": "empty"})
    box.get_by_role("button", name="Group", exact=True).click()
    choose(page, "name")
    page.keyboard.type("Berta")
    box.get_by_label("How these are joined").nth(1).select_option("None of these holds")
    box.get_by_label("How these are joined").first.select_option("At least one holds")
    expect(box.get_by_label("How these are joined").first).to_be_focused()
    box.get_by_role("button", name="Show").click()
    (pair,) = asked(page)
    assert json.loads(pair[1]) == {
        "or": [{"field": "city", "op": "empty"}, {"not": {"field": "name", "op": "eq", "value": "Berta"}}]
    }


def test_several_values_are_tokens(page: Page, gallery: str) -> None:
    box = show(page, gallery, {"field": "owner_id", "op": "in", "value": ["me"]})
    expect(box.locator(".token")).to_have_text(["me"])
    adds = box.get_by_role("combobox", name="Value")
    adds.fill("rita")
    box.get_by_role("option", name="Rita Vogel").click()
    expect(box.locator(".token")).to_have_text(["me", "Rita Vogel"])
    box.get_by_role("button", name="Remove me").click()
    box.get_by_role("button", name="Show").click()
    assert json.loads(asked(page)[0][1])["value"] == ["Rita Vogel"]


def test_what_is_missing_is_said_before_it_is_asked(page: Page, gallery: str) -> None:
    box = show(page, gallery, {"field": "owner_id", "op": "eq", "value": "me"})
    owner = box.get_by_role("combobox", name="Value")
    owner.fill("")
    before = page.url
    box.get_by_role("button", name="Show").click()
    expect(owner).to_be_focused()
    assert page.url == before


def test_clear_takes_all_away(page: Page, gallery: str) -> None:
    box = show(page, gallery, DEEP)
    box.get_by_role("button", name="Clear").click()
    page.wait_for_url("**/table")
