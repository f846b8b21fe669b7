"""A field that counts: every record has a number of its own, which nobody had before or gets again."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import UUID

import pytest
from flask import Flask

import app.domain.catalogue  # noqa: F401 - registers the objects
from app.api.describing import schemas
from app.core.actor import Actor
from app.core.errors import Invalid, NotFound
from app.domain.modelling import actions, numbering
from app.domain.modelling.rules import FieldWish
from app.records import filters, finding, reading, registry, trash, undo, upserting, writing
from app.records.reading import Query
from app.records.writing import Row
from tenants.context import entered
from tenants.session import session, unit_of_work
from tests.cast import ANN, Workspace
from tests.office import furnished

COUNTED = FieldWish(
    "autonumber", {"en": "No."}, name="no", is_searchable=True, prefix="M-", digits=4, start=7
)


@pytest.fixture(scope="module")
def office(app: Flask, office: Workspace) -> Workspace:
    """Nordwind, which counts its machines from 7 on; three of them were there before, one in the trash."""
    with furnished(app, office) as ann:
        with unit_of_work():
            actions.add_object(ann, {"en": "Machine"}, {"en": "Machines"})
            old = [writing.create(ann, "x_machines", {"name": f"Old {number}"}).id for number in range(4)]
            trash.trash(ann, "x_machines", old[1])
        with unit_of_work():
            actions.add_field(ann, "x_machines", COUNTED)
        with unit_of_work():
            writing.create(ann, "x_machines", {"name": "Old 4"})
            assert registry.get("x_machines").counted == ()
        with unit_of_work():
            actions.index("x_machines", "no")
        for _ in range(2):
            with unit_of_work():
                numbering.advance("x_machines", "no")
    return office


def _press(ann: Actor, **values: object) -> UUID:
    return writing.create(ann, "x_machines", {"name": "Press", **values}).id


def _no(ann: Actor, machine: UUID) -> str:
    return str(reading.fetch(ann, "x_machines", machine, trashed=True).values["no"])


def test_records_that_were_there_are_numbered_by_age(ann: Actor) -> None:
    found = reading.page(ann, "x_machines", Query(sort="no", fields=["no"])).rows
    told = [(each.title, each.values["no"]) for each in found if each.title.startswith("Old")]
    assert told == [("Old 0", "M-0007"), ("Old 2", "M-0009"), ("Old 3", "M-0010"), ("Old 4", "M-0011")]


def test_number_from_the_trash_comes_back(ann: Actor) -> None:
    [old] = reading.page(ann, "x_machines", Query(trashed=True, fields=["no"])).rows
    assert old.values["no"] == "M-0008"
    assert trash.restore(ann, "x_machines", old.id).values["no"] == "M-0008"


def test_new_record_gets_the_next_number(ann: Actor) -> None:
    first, second = _press(ann), _press(ann)
    numbers = [int(_no(ann, each).removeprefix("M-")) for each in (first, second)]
    assert numbers[1] == numbers[0] + 1
    assert numbers[0] > 11


def test_number_of_what_was_given_up_is_not_given_again(ann: Actor, office: Workspace) -> None:
    given = _no(ann, _press(ann))
    session.rollback()
    assert int(_no(ann, _press(ann))[2:]) > int(given[2:])


def test_refused_record_takes_no_number(ann: Actor) -> None:
    before = int(_no(ann, _press(ann))[2:])
    with pytest.raises(Invalid):
        _press(ann, name="")
    writing.check_many(ann, "x_machines", [Row({"name": "Press"})] * 5)
    assert int(_no(ann, _press(ann))[2:]) == before + 1


def test_batch_is_numbered_in_its_order(ann: Actor) -> None:
    rows = [Row({"name": f"Press {number}"}) for number in range(300)]
    made = writing.write_many(ann, "x_machines", rows, title="Machines")
    told = reading.page(ann, "x_machines", Query(sort="-no", fields=["no"], limit=200)).rows
    assert [each.title for each in told[:3]] == ["Press 299", "Press 298", "Press 297"]
    assert len({each.record_id for each in made}) == 300


def test_nobody_writes_a_number(ann: Actor) -> None:
    press = _press(ann)
    for write in (
        lambda: _press(ann, no="M-1"),
        lambda: writing.update(ann, "x_machines", press, {"no": "M-1"}),
    ):
        with pytest.raises(Invalid) as refused:
            write()
        assert [(each.path, each.code) for each in refused.value.problems] == [("no", "read_only")]
    described = registry.get("x_machines")
    assert "no" not in schemas.written(described, new=True)["properties"]
    assert schemas.read(described, described.by_name["no"])["readOnly"]


def test_number_finds_its_record(ann: Actor) -> None:
    press = _press(ann)
    number = _no(ann, press)
    assert [hit.record_id for hit in finding.find(ann, number)] == [press]
    described = registry.get("x_machines")
    for op, value in (("eq", number.lower()), ("starts", number[:6]), ("in", [number])):
        where = filters.parse_json(described, {"field": "no", "op": op, "value": value})
        assert press in [each.id for each in reading.page(ann, "x_machines", Query(where=where)).rows]
    record, is_new = upserting.upsert(ann, "x_machines", "no", number, {"name": "Known"})
    assert (record.id, record.title, is_new) == (press, "Known", False)
    with pytest.raises(NotFound):
        upserting.upsert(ann, "x_machines", "no", "M-9999", {"name": "Unknown"})


def test_undoing_an_edit_leaves_the_number(ann: Actor) -> None:
    press = _press(ann)
    number = _no(ann, press)
    writing.update(ann, "x_machines", press, {"name": "Other"})
    edit = undo.last_edit(press)
    assert edit is not None
    assert undo.undo(ann, edit).title == "Press"
    assert _no(ann, press) == number


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"prefix": "A1"}, "prefix"),
        ({"prefix": "x" * 13}, "prefix"),
        ({"prefix": "a\x00"}, "prefix"),
        ({"digits": 13}, "digits"),
        ({"start": 0}, "start"),
        ({"start": 10**10}, "start"),
        ({"default_value": "M-1"}, "default_value"),
    ],
)
def test_wrong_counting_is_refused(ann: Actor, wrong: dict[str, object], path: str) -> None:
    with pytest.raises(Invalid) as refused:
        actions.change_field(ann, "x_machines", "no", wrong)
    assert path in [each.path for each in refused.value.problems]


def test_other_prefix_counts_on(ann: Actor) -> None:
    before = int(_no(ann, _press(ann))[2:])
    actions.change_field(ann, "x_machines", "no", {"prefix": "Maschine/", "digits": 6, "is_required": True})
    assert _no(ann, _press(ann)) == f"Maschine/{before + 1:06d}"
    assert not registry.get("x_machines").by_name["no"].required


def test_hidden_field_counts_again_when_shown(ann: Actor) -> None:
    actions.change_field(ann, "x_machines", "no", {"is_hidden": True})
    press = _press(ann)
    actions.change_field(ann, "x_machines", "no", {"is_hidden": False})
    assert reading.fetch(ann, "x_machines", press).values["no"] is None
    numbering.advance("x_machines", "no")
    assert _no(ann, press).startswith("M-")


def test_creating_at_once_waits_for_nobody(app: Flask, office: Workspace) -> None:
    everybody_has_a_number = Barrier(6, timeout=200)

    def create(number: int) -> str:
        with app.app_context(), entered(office.tenant), unit_of_work():
            ann = office.actor(ANN)
            rows = [Row({"name": f"At once {number}"})] * 50
            made = writing.write_many(ann, "x_machines", rows, title="At once")
            everybody_has_a_number.wait()  # all hold theirs while none has committed
            assert all(each.state == "created" for each in made)
            return "done"

    with ThreadPoolExecutor(6) as people:
        assert list(people.map(create, range(6))) == ["done"] * 6
    with app.app_context(), entered(office.tenant):
        query = Query(search="At once", fields=["no"], limit=200)
        first = reading.page(office.actor(ANN), "x_machines", query)
        rest = reading.page(
            office.actor(ANN),
            "x_machines",
            Query(search="At once", fields=["no"], limit=200, cursor=first.next_cursor),
        )
        numbers = [each.values["no"] for each in (*first.rows, *rest.rows)]
        session.remove()
    assert len(set(numbers)) == 300
