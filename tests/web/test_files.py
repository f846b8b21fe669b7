"""Files in the workspace: brought, listed, loaded, shown to the customer, thrown away and taken back."""

import hashlib
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from app.domain.files import actions
from app.records import writing
from tenants.context import entered
from tenants.session import unit_of_work
from tests.cast import ANN, BOB, KIM, LEO, RALF, Person, Workspace
from tests.conftest import S3
from tests.domain.files.sending import fetched, png, send
from tests.statements import counted
from tests.visitor import Visitor, signed_in
from tests.work import work_off

NAUGHTY = 'in\u202evoice "<img src=x onerror=alert(1)>\r\n.pdf'


@pytest.fixture
def leo(app: Flask, kestrel: Workspace, s3: S3) -> Visitor:
    return signed_in(app, kestrel, LEO)


@pytest.fixture
def company(app: Flask, kestrel: Workspace) -> str:
    """The address of Meyer Maschinenbau."""
    return company_of(app, kestrel, KIM)


def company_of(app: Flask, workspace: Workspace, person: Person) -> str:
    with app.app_context(), entered(workspace.tenant), unit_of_work():
        made = writing.create(workspace.actor(person), "companies", {"name": "Meyer Maschinenbau"})
    return f"/companies/{made.id}"


def asked(visitor: Visitor, path: str, data: dict[str, Any] | None = None) -> TestResponse:
    """As the page's script asks."""
    return visitor.post(path, data, headers={"Accept": "application/json"})


def announced(visitor: Visitor, place: str, name: str, body: bytes, **other: Any) -> TestResponse:
    _, object_name, record_id = place.split("/")
    told = {"name": name, "size": len(body), "sha256": hashlib.sha256(body).hexdigest(), **other}
    return asked(visitor, "/files", {"object": object_name, "record_id": record_id, **told})


def brought(visitor: Visitor, place: str, name: str, body: bytes) -> dict[str, Any]:
    """What the page is told when the file is there."""
    answer = announced(visitor, place, name, body)
    assert answer.status_code == 200, answer.text
    upload = answer.json or {}
    assert send(actions.Upload(upload["id"], upload["url"], upload["headers"]), body) == 200
    done = asked(visitor, upload["completion"])
    assert done.status_code == 200
    return dict(done.json or {})


def test_a_file_is_brought_and_loaded(leo: Visitor, company: str) -> None:
    file = brought(leo, company, "Angebot Köln.txt", b"Pumps, 12 of them.")
    assert file["state"] == "ready"
    page = leo.get(f"{company}?tab=files").text
    assert "Angebot Köln.txt" in page
    assert "Leo Hart" in page
    answer = leo.get(f"/files/{file['id']}")
    assert answer.status_code == 302
    status, headers, body = fetched(answer.headers["Location"])
    assert (status, body) == (200, b"Pumps, 12 of them.")
    assert headers["content-disposition"].startswith("attachment")
    assert headers["content-type"] == "application/octet-stream"
    assert "X-Amz-Expires=300" in answer.headers["Location"]


def test_pictures_are_shown_small(app: Flask, leo: Visitor, company: str) -> None:
    brought(leo, company, "pump.png", png())
    assert 'data-poll="running"' in leo.get(f"{company}?tab=files").text
    work_off(app)
    page = leo.get(f"{company}?tab=files").text
    assert 'data-poll="running"' not in page
    address = page.split('class="look"')[1].split('src="')[1].split('"')[0].replace("&amp;", "&")
    status, headers, body = fetched(address)
    assert (status, headers["content-type"], body[8:12]) == (200, "image/webp", b"WEBP")


def test_refused_files_say_why(leo: Visitor, company: str) -> None:
    file = brought(leo, company, "photo.png", b"<script>alert(1)</script>")
    assert file["state"] == "refused"
    assert "not what the name says" in file["message"]
    assert "photo.png" not in leo.get(f"{company}?tab=files").text
    assert leo.get(f"/files/{file['id']}").status_code == 404


def test_what_is_too_large_is_said_before_it_is_sent(leo: Visitor, company: str) -> None:
    answer = announced(leo, company, "film.mp4", b"x", size=10**12)
    assert answer.status_code == 422
    assert "at most 100 MB" in answer.text


def test_names_are_told_as_text(leo: Visitor, company: str) -> None:
    file = brought(leo, company, NAUGHTY, b"%PDF-1.7 x")
    assert "\u202e" not in file["name"]
    page = leo.get(f"{company}?tab=files").text
    assert "<img src=x" not in page
    status, headers, _ = fetched(leo.get(f"/files/{file['id']}").headers["Location"])
    assert status == 200
    assert "\n" not in headers["content-disposition"]


def test_thrown_away_and_taken_back(leo: Visitor, company: str) -> None:
    file = brought(leo, company, "notes.txt", b"words")
    answer = leo.follow(leo.post(f"/files/{file['id']}/trash"))
    assert "notes.txt is in the trash" in answer.text
    assert f"/files/{file['id']}/restoration" in answer.text
    assert f'id="file-{file["id"]}"' not in answer.text
    assert leo.get(f"/files/{file['id']}").status_code == 404
    assert f'id="file-{file["id"]}"' in leo.follow(leo.post(f"/files/{file['id']}/restoration")).text
    timeline = leo.get(company).text
    assert timeline.index("File taken out of the trash") < timeline.index("File moved to the trash")
    assert "File added" in timeline


def test_the_customer_sees_what_is_shown_to_him(leo: Visitor, company: str) -> None:
    file = brought(leo, company, "notes.txt", b"words")
    assert "checked" not in leo.get(f"{company}?tab=files").text.split('class="seen"')[1].split("</form>")[0]
    page = leo.follow(leo.post(f"/files/{file['id']}/visibility", {"is_customer_visible": "1"})).text
    assert "checked" in page.split('class="seen"')[1].split("</form>")[0]


def test_readers_load_and_change_nothing(app: Flask, nordwind: Workspace, s3: S3) -> None:
    company = company_of(app, nordwind, ANN)
    file = brought(signed_in(app, nordwind, BOB), company, "notes.txt", b"words")
    ralf = signed_in(app, nordwind, RALF)
    page = ralf.get(f"{company}?tab=files").text
    assert "notes.txt" in page
    assert "data-files-pick" not in page
    assert ralf.get(f"/files/{file['id']}").status_code == 302
    for act in ("trash", "restoration", "visibility"):
        assert ralf.post(f"/files/{file['id']}/{act}").status_code == 403
    assert announced(ralf, company, "a.txt", b"a").status_code == 403


def test_foreign_records_take_no_files(
    app: Flask, nordwind: Workspace, kestrel: Workspace, leo: Visitor, company: str
) -> None:
    file = brought(leo, company, "notes.txt", b"words")
    bob = signed_in(app, nordwind, BOB)
    nobodys = announced(bob, f"/companies/{uuid4()}", "a.txt", b"a")
    theirs = announced(bob, company, "a.txt", b"a")
    assert (theirs.status_code, nobodys.status_code) == (404, 404)
    assert bob.get(f"/files/{file['id']}").status_code == 404
    assert asked(bob, f"/files/{file['id']}/completion").status_code == 404


def test_many_files_cost_no_more_statements(leo: Visitor, company: str) -> None:
    brought(leo, company, "one.txt", b"words")
    leo.get(f"{company}?tab=files")
    with counted() as few:
        leo.get(f"{company}?tab=files")
    for number in range(5):
        brought(leo, company, f"{number}.txt", b"words")
    with counted() as many:
        leo.get(f"{company}?tab=files")
    assert len(many) == len(few)
    assert sum("FROM files" in statement for statement in many) == 2
