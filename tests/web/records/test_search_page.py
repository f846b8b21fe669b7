"""The search of everything as a page: true figures, what matched, pages, and only what one may see."""

import re
from typing import Any

import pytest
from flask import Flask

from app.domain.members import actions as members
from app.domain.members import roles
from app.records import tallying, writing
from tenants.context import entered
from tenants.session import unit_of_work
from tests.cast import ANN, BOB, Workspace
from tests.statements import counted
from tests.visitor import Visitor, signed_in
from tests.web.records.conftest import Make
from tests.web.test_rights import at

HIT = re.compile(r'class="hit" href="([^"]+)"')


@pytest.fixture
def people(app: Flask, nordwind: Workspace) -> None:
    """Thirty of one name, one whom only a phone tells of, and a company."""
    rows: list[dict[str, Any]] = [{"first_name": f"Jo {n:02}", "last_name": "Brandt"} for n in range(30)]
    rows.append({"last_name": "Straße", "phones": ["+49 221 5554321"]})
    with app.app_context(), entered(nordwind.tenant), unit_of_work():
        ann = nordwind.actor(ANN)
        writing.write_many(ann, "contacts", [writing.Row(row) for row in rows], title="people")
        writing.create(ann, "companies", {"name": "Brandt & Söhne", "city": "Köln"})


def hits(page: str) -> list[str]:
    return HIT.findall(page)


def tab(page: str, kind: str) -> str:
    """The figure on the tab of that kind."""
    found = re.search(rf'<a href="/search\?[^"]*in={kind}"[^>]*>\D*([^<]*)</a>', page)
    return found[1] if found else "absent"


def test_all_kinds_are_found_with_true_figures(bob: Visitor, people: None) -> None:
    page = bob.get("/search?q=brandt").text

    assert "31 Ergebnisse" in page
    assert (tab(page, "contacts"), tab(page, "companies"), tab(page, "deals")) == ("30", "1", "absent")
    assert len(hits(page)) == 6
    assert "Alle 30 zeigen" in page
    assert "<mark>Brandt</mark> &amp; Söhne" in page


def test_more_pages_hold_each_record_once(bob: Visitor, people: None) -> None:
    first = bob.get("/search?q=brandt&in=contacts").text
    more = re.search(r'href="(/search\?[^"]*after=[^"]+)"', first)
    assert more
    second = bob.get(more[1].replace("&amp;", "&")).text

    assert "30 Ergebnisse" in first
    assert (len(hits(first)), len(hits(second))) == (25, 5)
    assert len({*hits(first), *hits(second)}) == 30
    assert 'id="more-25"' in first
    assert 'id="more-25"' in second
    assert bob.get("/search?q=brandt&in=contacts&after=nonsense").status_code == 422
    assert bob.get("/search?q=brandt&in=nothing").status_code == 404


def test_field_that_matched_is_told(bob: Visitor, people: None) -> None:
    page = bob.get("/search?q=0221+555").text
    assert "0<mark>221 555</mark>4321" in page


def test_slip_is_told(bob: Visitor, people: None) -> None:
    page = bob.get("/search?q=brandtt").text
    assert "Ähnliches zu „brandtt“" in page
    assert len(hits(page)) >= 5
    assert "Ähnlich: Kontakte" in page


def test_nothing_found_offers_what_helps(bob: Visitor, ralf: Visitor, people: None) -> None:
    page = bob.get("/search?q=Zephyrine").text
    assert "Nichts mit „Zephyrine“ gefunden" in page
    assert 'href="/contacts/new?last_name=Zephyrine"' in page
    assert "trash=1" in page
    assert "/contacts/new" not in ralf.get("/search?q=Zephyrine").text
    assert 'href="/search?q=brandt"' in bob.get("/search?q=brandt&in=deals").text


def test_what_is_out_of_reach_is_not_counted(app: Flask, nordwind: Workspace, people: None) -> None:
    ann, bob = nordwind.actor(ANN), nordwind.members[BOB.email]
    with app.app_context(), entered(nordwind.tenant), unit_of_work():
        role = roles.create(ann, roles.Told("Field", objects={"contacts": at("own")}, permissions=()))
        members.change_role(ann, bob, "custom", [role.id])
        mine = writing.create(ann, "contacts", {"last_name": "Brandt", "owner_id": bob}).id
    page = signed_in(app, nordwind, BOB).get("/search?q=brandt").text

    assert hits(page) == [f"/contacts/{mine}"]
    assert "1 Ergebnis<" in page
    assert tab(page, "contacts") == "1"
    assert tab(page, "companies") == "absent"
    assert signed_in(app, nordwind, BOB).get("/search?q=brandt&in=companies").status_code == 404


def test_hidden_field_is_neither_found_nor_told(app: Flask, nordwind: Workspace, people: None) -> None:
    ann, bob = nordwind.actor(ANN), nordwind.members[BOB.email]
    with app.app_context(), entered(nordwind.tenant), unit_of_work():
        told = roles.Told(
            "Blind",
            objects={"contacts": at("all")},
            fields={"contacts": {"phones": "hide", "phone": "hide"}},
            permissions=(),
        )
        members.change_role(ann, bob, "custom", [roles.create(ann, told).id])
    page = signed_in(app, nordwind, BOB).get("/search?q=5554321").text
    assert hits(page) == []
    assert "Straße" not in page


def test_searches_are_remembered_for_their_member(bob: Visitor, rita: Visitor) -> None:
    for text in ("brandt", "so-47", "Brandt"):
        assert bob.post("/searches", {"q": text}).status_code == 200
    page = bob.get("/search").text
    assert "Letzte Suchen" in page
    assert page.index(">Brandt<") < page.index(">so-47<")
    assert ">brandt<" not in page
    assert "Letzte Suchen" not in rita.get("/search").text
    assert bob.post("/searches/removal").status_code == 303
    assert "Letzte Suchen" not in bob.get("/search").text


def test_many_hits_cost_no_more_statements(bob: Visitor, make: Make) -> None:
    make("contacts", last_name="Okafor", phones=["+49 30 7777001"])
    bob.get("/search?q=7777")
    with counted() as few:
        bob.get("/search?q=7777")
    for number in range(8):
        make("contacts", last_name="Okafor", phones=[f"+49 30 777710{number}"])
    with counted() as many:
        assert len(hits(bob.get("/search?q=7777").text)) == 5
    assert len(many) <= len(few) <= 16


def test_figures_that_take_too_long_are_left_out(
    bob: Visitor, people: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tallying, "COUNTED", 10)
    page = bob.get("/search?q=brandt").text
    assert re.search(r"1\d\+ Ergebnisse", page)
    assert tab(page, "contacts").endswith("+")


def test_command_menu_leads_to_all(bob: Visitor, people: None) -> None:
    assert 'href="/search?q=brandt"' in bob.get("/find?q=brandt").text
    assert "/search?" not in bob.get("/find?q=Zephyrine").text


@pytest.mark.parametrize("text", ["%00", "%25%5F", "%3Cscript%3E", "a" * 3000, "ſ", "İ"])
def test_no_text_breaks_the_page(bob: Visitor, text: str) -> None:
    for path in (f"/search?q={text}", f"/search?q={text}&in=contacts"):
        answer = bob.get(path)
        assert answer.status_code == 200
        assert "<script>" not in answer.text
