"""Saved views on the pages of lists."""

import html
import re
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from flask import Flask

from app.core.grants import ANY, HIDE, VERBS
from app.core.ids import new_id
from app.domain.members import roles
from app.domain.members.models import Member
from app.domain.members.roles import Told
from app.domain.modelling import actions as modelling
from app.domain.modelling.rules import FieldWish
from tenants.context import entered
from tenants.session import session, unit_of_work
from tests.cast import ANN, BOB, Workspace
from tests.statements import counted
from tests.visitor import Visitor
from tests.web.records.conftest import Make
from tests.web.records.test_lists import built, names


@pytest.fixture
def towns(make: Make) -> None:
    for name, city in (("Alpha", "Bonn"), ("Beta", "Kassel"), ("Gamma", "Bonn"), ("Delta", "Ulm")):
        make("companies", name=name, city=city)


def save(visitor: Visitor, name: str = "In Bonn", query: str = "filter[city]=Bonn", **more: str) -> str:
    """The address of the new view."""
    answer = visitor.post("/companies/views", {"name": name, "list": query, **more})
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def undo(visitor: Visitor, page: str) -> str:
    """The page after the act was taken back by its message."""
    found = re.search(r'action="(/views/changes/[^"]+/reversal)"', page)
    assert found
    return visitor.follow(visitor.post(found[1])).text


def act(address: str, name: str) -> str:
    """The address of an act on the view that `address` shows."""
    return f"/companies/views/{dict(parse_qsl(urlsplit(address).query))['view']}{name}"


def test_view_shows_what_was_saved(ann: Visitor, towns: None) -> None:
    address = save(ann, query="filter[city]=Bonn&sort=-name&q=a")
    assert re.fullmatch(r"/companies\?view=[0-9a-f-]{36}", address)
    page = ann.get(f"{address}&lang=en").text
    assert names(page) == ["Gamma", "Alpha"]
    assert "In Bonn" in page
    assert 'value="a"' in page
    assert "Unsaved changes" not in page


def test_change_on_top_is_told_and_saved(ann: Visitor, towns: None) -> None:
    address = save(ann)
    page = ann.get(f"{address}&sort=-name&lang=en").text
    assert names(page) == ["Gamma", "Alpha"]
    assert "Unsaved changes" in page
    assert ">Save as new<" in page
    assert f'href="{address}">Reset' in page
    query = f"{urlsplit(address).query}&sort=-name"
    saved = ann.post(act(address, "/content"), {"list": query, "version": "1"})
    assert saved.headers["Location"] == address
    assert names(ann.get(address).text) == ["Gamma", "Alpha"]


def test_same_conditions_in_another_order_are_no_change(ann: Visitor, towns: None) -> None:
    address = save(ann, query="filter[city]=Bonn&filter[name][contains]=a")
    page = ann.get(f"{address}&filter[name][contains]=a&filter[city]=Bonn&sort=name&lang=en").text
    assert "Unsaved changes" not in page


def test_filter_of_a_view_is_taken_away_on_top(ann: Visitor, towns: None) -> None:
    address = save(ann)
    page = ann.get(f"{address}&lang=en").text
    off = html.unescape(re.findall(r'class="off" href="([^"]*)"', page)[0])
    assert off.endswith("&where=")
    bare = ann.get(off).text
    assert names(bare) == ["Alpha", "Beta", "Delta", "Gamma"]
    assert "Unsaved changes" in bare
    assert built(ann.get(f"/companies/filters?{urlsplit(address).query}").text)["tree"]["value"] == "Bonn"
    assert built(ann.get(f"/companies/filters?{urlsplit(off).query}").text)["tree"] is None


def test_bulk_goes_by_what_the_page_showed(ann: Visitor, make: Make) -> None:
    for number in range(60):
        make("companies", name=f"Company {number:02}", city="Bonn")
    make("companies", name="Other", city="Ulm")
    address = save(ann)
    page = ann.get(f"{address}&lang=en").text
    found = re.search(r'name="list" value="([^"]*)"', page)
    assert found
    ann.post(act(address, "/content"), {"list": "filter[city]=Ulm"})
    told = ann.get(f"/companies/bulk/delete/preview?all=1&list={quote(html.unescape(found[1]))}").text
    assert "60" in told


def test_menu_names_views_and_whose_they_are(ann: Visitor, bob: Visitor, towns: None) -> None:
    mine = save(bob, "Mine & more")
    save(ann, "Hers", shared="everyone", is_locked="1")
    save(ann, "Secret")
    menu = bob.get(f"/companies/views?{urlsplit(mine).query}&lang=en").text
    assert '<turbo-frame id="views"' in menu
    assert "Mine &amp; more" in menu
    assert "Hers" in menu
    assert "Ann Berg" in menu
    assert "locked" in menu
    assert "Secret" not in menu
    assert menu.count('aria-checked="true"') == 1
    assert "/removal" in menu
    assert "/copies" in menu


def test_readers_keep_their_own_and_share_nothing(ralf: Visitor, bob: Visitor, towns: None) -> None:
    address = save(ralf)
    assert names(ralf.get(address).text) == ["Alpha", "Gamma"]
    assert 'name="shared"' not in ralf.get("/companies/views/new").text
    assert ralf.post("/companies/views", {"name": "x", "shared": "everyone"}).status_code == 403
    shared = save(bob, "Bob's", shared="everyone")
    page = ralf.get(f"{shared}&sort=-name&lang=en").text
    assert ">Save as new<" in page
    assert ">Save<" not in page
    assert ralf.get(act(shared, "")).status_code == 403
    assert ralf.post(act(shared, "/removal")).status_code == 403


def test_view_of_another_is_not_found(ann: Visitor, bob: Visitor, towns: None) -> None:
    address = save(ann)
    assert ann.get(address.replace("/companies", "/contacts")).status_code == 404
    for path in (address, act(address, "")):
        assert bob.get(path).status_code == 404
    for ending in ("", "/content", "/copies", "/removal"):
        assert bob.post(act(address, ending)).status_code == 404
    for bad in ("x", "", "0"):
        assert ann.get(f"/companies?view={bad}").status_code == 404


def test_form_is_refused_with_its_words(ann: Visitor, towns: None) -> None:
    save(ann)
    answer = ann.post("/companies/views?lang=en", {"name": "in bonn", "list": "filter[city]=Ulm"})
    assert answer.status_code == 422
    assert "There is a view with this name already" in answer.text
    assert 'value="filter[city]=Ulm"' in answer.text
    assert ann.post("/companies/views?lang=en", {"name": "", "list": ""}).status_code == 422


def test_form_comes_as_dialog_and_as_page(ann: Visitor, towns: None) -> None:
    asked = "/companies/views/new?filter[city]=Bonn&lang=en"
    dialog = ann.get(asked, headers={"Turbo-Frame": "dialog"}).text
    assert dialog.startswith('<turbo-frame id="dialog">')
    assert "City <b>is</b> Bonn" in dialog
    assert "<h1" in ann.get(asked).text


def test_view_is_renamed_shared_and_taken_back(ann: Visitor, bob: Visitor, towns: None) -> None:
    address = save(ann)
    answer = ann.post(act(address, ""), {"name": "Bonn", "shared": "everyone"})
    page = ann.follow(answer).text
    assert "Bonn" in names(page) or "Bonn" in page
    assert names(bob.get(address).text) == ["Alpha", "Gamma"]
    assert "In Bonn" in undo(ann, page)
    assert bob.get(address).status_code == 404


def test_deleted_view_comes_back(ann: Visitor, towns: None) -> None:
    address = save(ann)
    page = ann.follow(ann.post(act(address, "/removal"))).text
    assert ann.get(address).status_code == 404
    assert "In Bonn" in undo(ann, page)
    assert names(ann.get(address).text) == ["Alpha", "Gamma"]


def test_copy_is_ones_own(ann: Visitor, bob: Visitor, towns: None) -> None:
    address = save(ann, shared="everyone", is_locked="1")
    copied = bob.post(act(address, "/copies")).headers["Location"]
    assert copied != address
    assert names(bob.get(copied).text) == ["Alpha", "Gamma"]
    assert ann.get(copied).status_code == 404


def test_second_writer_is_told(ann: Visitor, bob: Visitor, towns: None) -> None:
    address = save(ann, shared="everyone")
    ann.post(act(address, "/content"), {"list": "filter[city]=Ulm", "version": "1"})
    answer = bob.post(act(address, "/content?lang=en"), {"list": "filter[city]=Kassel", "version": "1"})
    assert "This was changed since you read it" in bob.follow(answer).text
    assert names(bob.get(address).text) == ["Delta"]


def test_lost_condition_is_told_and_left_out_by_hand(
    app: Flask, nordwind: Workspace, ann: Visitor, bob: Visitor, make: Make
) -> None:
    with app.app_context(), entered(nordwind.tenant), unit_of_work():
        modelling.add_field(nordwind.actor(ANN), "companies", FieldWish("text", {"en": "Badge"}))
    make("companies", name="Alpha", city="Bonn", x_badge="7")
    make("companies", name="Beta", city="Bonn")
    address = save(ann, query="filter[city]=Bonn&filter[x_badge]=7", shared="everyone")
    assert names(ann.get(address).text) == ["Alpha"]
    used = ann.get("/settings/objects/companies/fields/x_badge?lang=en").text
    assert "Saved views that use it" in used
    assert "In Bonn" in used
    with app.app_context(), entered(nordwind.tenant), unit_of_work():
        modelling.change_field(nordwind.actor(ANN), "companies", "x_badge", {"is_hidden": True})
    page = ann.get(f"{address}&lang=en").text
    assert names(page) == []
    assert "This view cannot be shown as it was saved" in page
    assert "x_badge" in page
    left = re.search(r'href="([^"]*)"[^>]*>(?:<svg.*?</svg>)?<span>Show without it', page)
    assert left
    assert names(ann.get(html.unescape(left[1])).text) == ["Alpha", "Beta"]
    # What is left is not what was saved: it is saved by none but by hand.
    ann.post(act(address, "/content"), {"list": urlsplit(address).query})
    assert names(ann.get(address).text) == []
    ann.post(act(address, "/content"), {"list": html.unescape(left[1]).partition("?")[2]})
    assert names(ann.get(address).text) == ["Alpha", "Beta"]


def test_no_name_out_of_sight_is_told(
    app: Flask, nordwind: Workspace, ann: Visitor, bob: Visitor, towns: None
) -> None:
    address = save(ann, query="filter[industry]=Geheim&filter[city]=Bonn", shared="everyone")
    with app.app_context(), entered(nordwind.tenant), unit_of_work():
        told = Told(
            "Blind",
            objects={ANY: dict.fromkeys(VERBS, "all")},
            fields={"companies": {"industry": HIDE}},
        )
        role = roles.create(nordwind.actor(ANN), told).id
        member = session.get(Member, nordwind.members[BOB.email])
        assert member
        member.role, member.role_ids = "custom", [role]
    page = bob.get(f"{address}&lang=en").text
    menu = bob.get(f"/companies/views?{urlsplit(address).query}&lang=en").text
    assert "that you may not see" in page
    assert names(page) == []
    for word in ("Geheim", "industry", "Industry"):
        assert word not in page + menu, word
    assert bob.post(act(address, "/copies")).headers["Location"] == address


def test_record_that_is_not_there_is_told(ann: Visitor, make: Make) -> None:
    firm = make("companies", name="Meyer")
    make("contacts", last_name="Carol", company_id=str(firm.id))
    told = "names a record that is not there"
    for record_id, is_told in ((firm.id, False), (new_id(), True)):
        query = f"filter[company_id]={record_id}"
        answer = ann.post("/contacts/views", {"name": str(record_id), "list": query})
        assert (told in ann.get(f"{answer.headers['Location']}&lang=en").text) is is_told


def test_view_costs_one_statement_more(ann: Visitor, towns: None) -> None:
    address = save(ann)
    ann.get(address)
    with counted() as plain:
        ann.get("/companies?filter[city]=Bonn")
    with counted() as viewed:
        ann.get(address)
    assert len(viewed) == len(plain) + 1, "\n".join(viewed)
    assert not [each for each in plain if "views" in each]


def test_trash_has_no_views(ann: Visitor, towns: None) -> None:
    address = save(ann)
    page = ann.get(f"{address}&trash=1").text
    assert names(page) == []
    assert "views-menu" not in page
