"""What becomes of single rows: modes, keys, relations, clearing, and everything that can be wrong."""

import json

import pytest
from flask import Flask

from app.core.actor import Actor
from app.core.errors import Invalid, NotAllowed, NotFound
from app.domain.duplicates import actions as duplicates
from app.domain.imports import actions
from app.domain.imports.targets import targets
from app.domain.modelling import actions as modelling
from app.domain.modelling.rules import FieldWish
from app.records import writing
from tenants.session import unit_of_work
from tests.cast import RALF, Workspace
from tests.domain.imports.importing import bring, counts, prepare, refused, sql, status
from tests.domain.imports.samples import sample
from tests.work import work_off

PEOPLE = b"email,first name,city\nanna@nordwind.example,Anna,Kiel\nben@nordwind.example,Ben,Bonn\n"
MOVED = b"email,first name,city\nanna@nordwind.example,,Berlin\ncleo@nordwind.example,Cleo,Ulm\n"


@pytest.mark.parametrize(
    ("mode", "expected"),
    [("both", (1, 1, 0, 0)), ("create", (1, 0, 0, 1)), ("update", (0, 1, 1, 0)), ("skip", (1, 0, 1, 0))],
)
def test_mode_decides_about_known_and_new(
    app: Flask, files: Actor, mode: str, expected: tuple[int, int, int, int]
) -> None:
    bring(app, files, "contacts", PEOPLE)
    assert counts(bring(app, files, "contacts", MOVED, mode=mode)) == expected
    city = "Berlin" if mode in {"both", "update"} else "Kiel"
    assert sql("SELECT first_name, city FROM contacts WHERE email LIKE 'anna@%'") == [("Anna", city)]


def test_blank_keeps_and_the_clear_word_empties(app: Flask, files: Actor) -> None:
    bring(app, files, "contacts", PEOPLE)
    table = b"email,first name,city\nanna@nordwind.example,,\\0\nben@nordwind.example,,\n"
    assert counts(bring(app, files, "contacts", table)) == (0, 1, 1, 0)
    assert sql("SELECT first_name, city FROM contacts ORDER BY email") == [("Anna", None), ("Ben", "Bonn")]


def test_rows_about_one_record_add_up_within_a_file(app: Flask, files: Actor) -> None:
    rows = b"X@nordwind.example,Xenia,\nx@nordwind.example,,Kiel\nx@nordwind.example,,Kiel\n"
    table = b"email,first name,city\n" + rows
    assert counts(bring(app, files, "contacts", table)) == (1, 1, 1, 0)
    assert sql("SELECT first_name, city FROM contacts") == [("Xenia", "Kiel")]


def test_first_row_that_fails_leaves_the_next_its_turn(app: Flask, files: Actor) -> None:
    table = b"email,first name,children\nx@nordwind.example,Xenia,2000\nx@nordwind.example,Xenia,2\n"
    assert counts(bring(app, files, "contacts", table)) == (1, 0, 0, 1)


def test_relation_is_refused_where_nothing_is_found(app: Flask, files: Actor) -> None:
    bring(app, files, "companies", b"name\nTwin\nTwin\n", match="none")
    table = b"number,company\n1,Twin\n2,Nobody\n3,\n"
    told = bring(app, files, "orders", table)
    assert (counts(told), refused(told)) == (
        (1, 0, 0, 2),
        [(2, "company", "ambiguous"), (3, "company", "not_found")],
    )


def test_missing_company_is_made_once(app: Flask, files: Actor) -> None:
    table = b"last name,company\nBerg,Nova AG\nHolm,nova ag\nLind,Nova AG\n"
    told = bring(app, files, "contacts", table)
    assert (counts(told), told["also"]) == ((3, 0, 0, 0), {"companies created": 1})


def test_external_ids_of_two_systems_live_together(app: Flask, files: Actor) -> None:
    def table(number: int) -> bytes:
        return f"id,email\n{number},anna@nordwind.example\n".encode()

    bring(app, files, "contacts", table(1), columns={"id": {"target": "external_id", "system": "shop"}})
    bring(app, files, "contacts", table(7), columns={"id": {"target": "external_id", "system": "erp"}})
    found = "SELECT system, value FROM identifiers WHERE kind = 'external' ORDER BY system"
    assert sql(found) == [("erp", "7"), ("shop", "1")]


def test_bad_lines_are_refused_and_the_others_come_in(app: Flask, files: Actor) -> None:
    lines = [
        b"email,first name,city",
        b"a@nordwind.example,A,Kiel",
        b"b@nordwind.example,B",
        b"c\0@x.example,C,Bonn",
    ]
    lines += [b"d@nordwind.example,\xff,Ulm", b'e@nordwind.example,"E,Ulm', b"nonsense,F,Ulm", b",,", b""]
    lines += [b"g@nordwind.example,G,Ulm"]
    told = bring(app, files, "contacts", b"\n".join(lines).replace(b"\xff", b"\x81"))
    assert counts(told) == (2, 0, 1, 5)
    assert [(line, code) for line, _, code in refused(told)] == [
        *((line, "unreadable") for line in (3, 4, 5, 6)),
        (7, "not_an_email"),
    ]


def test_naughty_strings_come_in_or_are_refused(app: Flask, files: Actor) -> None:
    strings = json.loads(sample("naughty_strings/blns.json").read_text("utf-8"))
    quoted = ['"' + text.replace('"', '""') + '"' for text in strings]
    rows = [f"{number},{text},{text}" for number, text in enumerate(quoted)]
    content = ("number,name,description\n" + "\n".join(rows)).encode("utf-8", "surrogatepass")
    told = bring(app, files, "companies", content)
    assert told["status"] == "done"
    assert told["created"] + told["failed"] + told["skipped"] == len(strings)
    assert told["created"] > len(strings) * 0.9


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"\n\n\n", "No table"),
        (b"PK\x03\x04xlsx", "workbook"),
        (bytes(range(256)) * 20, "readable text"),
        (b"email,name\n", "no rows"),
        (b",".join(b"c%d" % n for n in range(1001)) + b"\n" + b"," * 1000, "columns"),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(
    app: Flask, files: Actor, content: bytes, said: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        prepare(files, "contacts", content)
    assert said in refusal.value.problems[0].message % refusal.value.problems[0].data


def test_repeated_headers_are_told_apart(app: Flask, files: Actor) -> None:
    told = bring(app, files, "contacts", b"email,email,name\na@nordwind.example,b@nordwind.example,Ann\n")
    assert counts(told) == (1, 0, 0, 0)


def test_reader_may_not_import(app: Flask, files: Actor, nordwind: Workspace) -> None:
    reader = nordwind.actor(RALF)
    with pytest.raises(NotAllowed):
        prepare(reader, "contacts", PEOPLE)


def test_someone_elses_draft_is_not_found(app: Flask, files: Actor, nordwind: Workspace) -> None:
    job_id = prepare(files, "contacts", PEOPLE)
    with pytest.raises((NotFound, NotAllowed)), unit_of_work():
        actions.start(nordwind.actor(RALF), job_id)


def test_plan_without_a_name_is_refused_at_the_start(app: Flask, files: Actor) -> None:
    job_id = prepare(files, "companies", b"city\nKiel\n")
    with pytest.raises(Invalid), unit_of_work():
        actions.start(files, job_id)
    assert status(files, job_id)["status"] == "draft"


def test_mapping_is_remembered_for_the_same_columns(app: Flask, files: Actor) -> None:
    table = b"Spalte A,Spalte B\nAnna,anna@nordwind.example\n"
    bring(app, files, "contacts", table, columns={"Spalte A": "first_name"})
    assert counts(bring(app, files, "contacts", table)) == (0, 0, 1, 0)


def test_imported_history_is_quiet_unless_ticked(app: Flask, files: Actor) -> None:
    late = b"order number,required date\nL1,2020-01-31\n"
    bring(app, files, "orders", late)
    work_off(app)
    assert sql("SELECT count(*) FROM incidents") == [(0,)]
    bring(app, files, "orders", late.replace(b"L1", b"L2"), is_quiet=False)
    work_off(app)
    assert sql("SELECT count(*) FROM incidents") == [(1,)]


def test_every_object_offers_targets() -> None:
    for name in ("companies", "contacts", "deals", "orders", "order_lines", "deliveries", "cases"):
        assert "external_id" in targets(name)


def test_own_fields_are_known_by_the_words_of_the_company(app: Flask, files: Actor) -> None:
    with unit_of_work():
        words = {"en": "Badge number", "de": "Ausweis-Nr."}
        modelling.add_field(files, "contacts", FieldWish("text", words, name="badge"))
    for header, email in (("AUSWEIS NR", "anna"), ("Badge number", "ben")):
        table = f"email,last name,{header}\n{email}@nordwind.example,X,007\n".encode()
        assert counts(bring(app, files, "contacts", table)) == (1, 0, 0, 0)
    assert sql("SELECT custom ->> 'x_badge' FROM contacts") == [("007",), ("007",)]


def test_id_of_a_merged_record_means_the_kept_one(app: Flask, files: Actor) -> None:
    """The other system knows nothing of the merge and brings both rows every night."""
    with unit_of_work():
        keep, drop = (
            writing.create(files, "companies", {"name": name, "external_ids": {"sap": number}}).id
            for name, number in (("Meyer", "1"), ("Meier", "2"))
        )
        duplicates.merge(files, "companies", keep, drop)
    table = b"SAP id,name,city\n2,Meyer,Bonn\n3,Otto,Ulm\n"
    columns = {"SAP id": {"target": "external_id", "system": "sap"}}
    told = bring(app, files, "companies", table, columns=columns, match="external")
    assert counts(told) == (1, 1, 0, 0)
    known = "SELECT i.value FROM identifiers i WHERE i.record_id = '{}' AND i.kind = 'external'"
    assert sql(f"SELECT city FROM companies WHERE id = '{keep}'") == [("Bonn",)]
    assert sql(known.format(keep)) == [("1",)]
