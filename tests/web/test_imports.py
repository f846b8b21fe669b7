"""The pages of imports: bring a file, see what would happen, start, mend what was refused."""

import csv
import io
import re
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from tenants.context import entered
from tests.cast import BOB, Workspace
from tests.conftest import S3
from tests.domain.imports.importing import counts, status
from tests.visitor import Visitor, host_of
from tests.work import work_off

PEOPLE = b"email,Vorname,Notiz\nanna@nordwind.example,Anna,=1+1\nnot an address,Ben,-5\n,,\n"


@pytest.fixture(autouse=True)
def _files(s3: S3) -> None:
    """The file store runs."""


def bring(visitor: Visitor, content: bytes, object_name: str = "contacts", name: str = "people.csv") -> str:
    """The address of the preview."""
    data = {"object": object_name, "file": (io.BytesIO(content), name)}
    answer = visitor.post("/imports", data, content_type="multipart/form-data")
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def plan_form(page: str) -> dict[str, str]:
    """The targets that the page shows as chosen."""
    return {
        name: (re.findall(r'value="([^"]*)" selected', body) or [""])[0]
        for name, body in re.findall(r'<select[^>]*name="(target-\d+)"[^>]*>(.*?)</select>', page, re.DOTALL)
    }


def test_preview_shows_mapping_examples_and_outcome(app: Flask, bob: Visitor) -> None:
    page = bob.get(bring(bob, PEOPLE)).text
    assert plan_form(page) == {"target-0": "email", "target-1": "first_name", "target-2": "description"}
    assert "anna@nordwind.example" in page
    assert "würden angelegt" in page
    assert "not an address" in page


def test_refused_rows_come_back_mended(app: Flask, bob: Visitor) -> None:
    address = bring(bob, PEOPLE)
    job_id = address.rpartition("/")[2]
    assert bob.post(f"{address}/plan", {"start": "1"}).headers["Location"].endswith(f"/jobs/{job_id}")
    work_off(app)
    assert f"/imports/{job_id}/errors.csv" in bob.get(f"/jobs/{job_id}").text
    errors = bob.get(f"/imports/{job_id}/errors.csv").data.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(errors)))
    assert rows[0] == [
        "email",
        "Vorname",
        "Notiz",
        "Import line",
        "Import column",
        "Import code",
        "Import reason",
    ]
    assert rows[1][:6] == ["not an address", "Ben", "-5", "3", "email", "not_an_email"]
    mended = errors.replace("not an address", "ben@nordwind.example").encode()
    again = bring(bob, mended)
    bob.post(f"{again}/plan", {"start": "1"})
    work_off(app)
    assert "ben@nordwind.example" in bob.get("/contacts").text


def test_import_is_taken_back_from_its_page(app: Flask, bob: Visitor, ralf: Visitor) -> None:
    address = bring(bob, PEOPLE)
    job = f"/jobs/{address.rpartition('/')[2]}"
    assert bob.post(f"{job}/reversal").status_code == 409
    bob.post(f"{address}/plan", {"start": "1"})
    assert f"{job}/reversal" not in bob.get(job).text
    work_off(app)
    assert "anna@nordwind.example" in bob.get("/contacts").text
    assert f"{job}/reversal" in bob.get(job).text
    assert ralf.post(f"{job}/reversal").status_code == 404
    taken_back = str(bob.post(f"{job}/reversal").headers["Location"])
    work_off(app)
    assert "anna@nordwind.example" not in bob.get("/contacts").text
    assert f"{job}/reversal" not in bob.get(job).text
    assert taken_back in bob.get(job).text


def test_formula_is_disarmed_and_comes_back_whole(app: Flask, nordwind: Workspace, bob: Visitor) -> None:
    address = bring(bob, b"email,Notiz\nnobody,=1+1\n")
    bob.post(f"{address}/plan", {"start": "1"})
    work_off(app)
    errors = bob.get(f"{address}/errors.csv").text
    assert "'=1+1" in errors
    again = bring(bob, errors.replace("nobody", "x@nordwind.example").encode())
    bob.post(f"{again}/plan", {"start": "1"})
    work_off(app)
    assert counted(app, nordwind, again) == (1, 0, 0, 0)


def counted(app: Flask, workspace: Workspace, address: str) -> tuple[int, int, int, int]:
    """Created, updated, skipped and refused rows of the import at `address`."""
    with app.app_context(), entered(workspace.tenant):
        return counts(status(workspace.actor(BOB), UUID(address.rpartition("/")[2])))


def test_file_is_read_in_another_way(app: Flask, bob: Visitor) -> None:
    address = bring(bob, "email;Vorname\nx@nordwind.example;Jürgen\n".encode("cp1252"))
    assert "Jürgen" in bob.get(address).text
    bob.post(f"{address}/reading", {"encoding": "cp1251", "delimiter": ";", "header": "1"})
    assert "Jьrgen" in bob.get(address).text


def test_what_is_no_table_stays_on_the_page_with_a_sentence(app: Flask, bob: Visitor) -> None:
    data = {"object": "contacts", "file": (io.BytesIO(b"PK\x03\x04"), "book.xlsx")}
    answer = bob.post("/imports", data, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "Arbeitsmappe" in answer.text


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the test client's own file
def test_large_file_passes_the_limit_of_other_forms(app: Flask, bob: Visitor) -> None:
    content = b"email,Notiz\nx@nordwind.example,\n" + b"y@nordwind.example,%s\n" % (b"y" * 90_000) * 300
    assert len(content) > app.config["MAX_CONTENT_LENGTH"]
    assert bob.get(bring(bob, content)).status_code == 200


def test_reader_sees_no_way_to_import(app: Flask, ralf: Visitor) -> None:
    data = {"object": "contacts", "file": (io.BytesIO(PEOPLE), "people.csv")}
    assert ralf.post("/imports", data, content_type="multipart/form-data").status_code == 403
    assert ralf.get("/imports/new").status_code == 403


def test_draft_is_forgotten(app: Flask, bob: Visitor) -> None:
    address = bring(bob, PEOPLE)
    assert bob.post(f"{address}/removal").status_code == 303
    assert bob.get(address).status_code == 404


def test_others_see_nothing_of_a_draft(app: Flask, bob: Visitor, ralf: Visitor) -> None:
    assert ralf.get(bring(bob, PEOPLE)).status_code == 404


def test_sample_of_each_object_can_be_imported(app: Flask, nordwind: Workspace, bob: Visitor) -> None:
    for name in ("companies", "contacts", "products", "orders"):
        sample = bob.get(f"/imports/samples/{name}.csv").data
        address = bring(bob, sample, name)
        assert "/jobs/" in bob.post(f"{address}/plan", {"start": "1"}).headers["Location"], bob.get(
            address
        ).text
        work_off(app)
        assert counted(app, nordwind, address) == (2, 0, 0, 0), name
    assert bob.get("/imports/samples/nothing.csv").status_code == 404


def test_strangers_send_no_large_files(app: Flask, nordwind: Workspace) -> None:
    stranger = Visitor(app, host_of(nordwind))
    file = (io.BytesIO(b"x" * (26 * 1024 * 1024)), "large.csv")
    assert stranger.post("/imports", {"object": "contacts", "file": file}).status_code == 413


TWINS = b"Vorname,Nachname,Ort,PLZ\nAnna,Lindqvist,Kiel,24105\nZacharias,Obermoser,Rosenheim,83022\n"


def reviewed(app: Flask, bob: Visitor) -> str:
    """The address of the rows to review of an import whose first row looks like Anna, who is there."""
    bob.post(
        "/contacts",
        {"first_name": "Anna", "last_name": "Lindqvist", "city": "Kiel", "postcode": "24105"},
    )
    address = bring(bob, TWINS)
    assert 'name="doubtful"' in bob.get(address).text
    assert "Ihre Entscheidung" in bob.get(address).text
    bob.post(f"{address}/plan", {**plan_form(bob.get(address).text), "start": "1"})
    work_off(app)
    job = bob.get(address.replace("/imports/", "/jobs/")).text
    assert f'href="{address}/review"' in job
    return f"{address}/review"


def test_doubtful_row_is_compared_and_merged(app: Flask, bob: Visitor) -> None:
    address = reviewed(app, bob)
    page = bob.get(address).text
    assert "Anna · Lindqvist" in page
    assert "Obermoser" not in page
    beside = bob.get(f"{address}/2").text
    assert "24105" in beside
    record = re.search(r'name="record" value="([^"]+)"', beside)
    assert record
    done = bob.post(address, {"row": "2", "record": record[1], "decision": "merge"})
    assert done.headers["Location"].startswith("/jobs/")
    assert bob.get(f"{address}/2").status_code == 404
    assert bob.get("/contacts").text.count("<tr id=") == 2


@pytest.mark.parametrize(("decision", "there"), [("create", 3), ("merge", 2), ("skip", 2)])
@pytest.mark.parametrize("which", [{"row": ["2"]}, {"all": "1"}], ids=["ticked", "all"])
def test_all_doubtful_rows_are_decided_at_once(
    app: Flask, bob: Visitor, which: dict[str, Any], decision: str, there: int
) -> None:
    address = reviewed(app, bob)
    bob.post(address, {**which, "decision": decision})
    work_off(app)
    assert bob.get("/contacts").text.count("<tr id=") == there
    assert "Nichts zu entscheiden" in bob.get(address).text


def test_nothing_else_is_decided(app: Flask, bob: Visitor) -> None:
    address = reviewed(app, bob)
    assert bob.post(address, {"row": "2", "decision": "explode"}).status_code == 422
    assert bob.post(address, {"row": "3", "decision": "create"}).status_code == 404
