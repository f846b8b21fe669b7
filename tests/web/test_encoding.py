"""Bytes that are no UTF-8 are refused by name at the doors of members and customers, and change nothing."""

from io import BytesIO
from typing import Any

import pytest
from flask import Flask

from app.ui.wire import Parser
from tests.bad_input import NOT_UTF8, PARTS, URLENCODED, Look, look_at
from tests.cast import Workspace
from tests.portal import customers
from tests.visitor import Visitor

SAID = "UTF-8"


@pytest.fixture
def look(app: Flask, nordwind: Workspace) -> Look:
    return look_at(app, nordwind)


def send(visitor: Visitor, path: str, body: bytes, kind: str, **more: Any) -> Any:
    """A form as it stands, with the token in its head."""
    headers = {"X-CSRF-Token": visitor.token(), "Origin": visitor.host, "Accept-Language": "en"}
    return visitor._open(
        more.pop("method", "POST"), path, data=body, content_type=kind, headers=headers | more
    )


@pytest.mark.parametrize("slip", NOT_UTF8)
def test_form_that_is_no_utf8_changes_nothing(ann: Visitor, look: Look, slip: str) -> None:
    kind, body, name = NOT_UTF8[slip]
    own = str(ann.post("/companies", {"name": "Aare"}).headers["Location"])
    before = look()
    for path in ("/companies", own, "/members/invitations", "/settings/roles"):
        answer = send(ann, path, body, kind)
        assert answer.status_code == 422, path
        assert SAID in answer.text
        assert name in answer.text
        told = send(ann, path, body, kind, Accept="application/json").get_json()
        assert [(each["path"], each["code"]) for each in told["errors"]] == [(name, "not_utf8")]
    in_place = send(ann, f"{own}/fields/city", body.replace(b"city", b"value"), kind, method="PATCH")
    assert in_place.status_code == 422
    assert look() == before


@pytest.mark.parametrize("query", ["q=a%FFb", "filter[city]=a%FFb", "q=%ED%A0%80", "na%FFme=1"])
def test_address_that_is_no_utf8_is_refused(ann: Visitor, look: Look, query: str) -> None:
    before = look()
    for path in ("/companies", "/search", "/companies/new", "/jobs"):
        answer = ann.get(f"{path}?{query}", headers={"Accept-Language": "en"})
        assert answer.status_code == 422, path
        assert SAID in answer.text
    assert ann.post(f"/companies?{query}", {"name": "Aare"}).status_code == 422
    at = ann.get("/companies", environ_overrides={"PATH_INFO": "/companies/\xff"})
    assert (at.status_code, SAID in at.text) == (422, True)
    assert look() == before


def test_what_only_looks_like_it_is_taken(ann: Visitor) -> None:
    """A percent sign as such, a replacement character that was meant, letters of every script."""
    for text in ("100 %FF", "a\N{REPLACEMENT CHARACTER}b", "Köln 京都 \N{PILE OF POO}"):
        page = ann.follow(ann.post("/companies", {"name": text})).text
        assert f"<title>{text} " in page
        assert text in ann.get("/companies", query_string={"q": text}).text
    parts = "\r\n".join(
        ["--here", 'Content-Disposition: form-data; name="name"', "", "Köln 京", "--here--", ""]
    )
    page = ann.follow(send(ann, "/companies", parts.encode(), PARTS)).text
    assert "<title>Köln 京 " in page


def test_customers_form_that_is_no_utf8_changes_nothing(app: Flask, nordwind: Workspace, look: Look) -> None:
    company = customers.company(app, nordwind, "Meyer Maschinenbau")
    carol = customers.visit(app, customers.settle(app, nordwind, "Carol Meyer", company))
    before = look()
    for path, name in (("/messages", b"text"), ("/profile", b"city"), ("/report", b"subject")):
        for body in (name + b"=a%FFb", name + b"=a\xffb"):
            answer = send(carol, path, body, URLENCODED)
            assert answer.status_code in {404, 405, 422}, path
            assert answer.status_code != 422 or SAID in answer.text
    assert send(carol, "/profile", b"city=%FF", URLENCODED).status_code == 422
    assert carol.get("/orders?after=%FF").status_code == 422
    assert look() == before


def test_strangers_form_is_refused_as_well(app: Flask) -> None:
    stranger = Visitor(app)
    answer = send(stranger, "/sign-in", b"email=a%FF&password=x", URLENCODED)
    assert answer.status_code == 422
    assert "email is not readable" in answer.text


def test_form_that_is_none_is_empty() -> None:
    """As ever: without its boundary nobody can tell where a part begins."""
    stream, form, files = Parser().parse(BytesIO(b"x"), "multipart/form-data", 1, {})
    assert (stream.read(), dict(form), dict(files)) == (b"x", {}, {})
