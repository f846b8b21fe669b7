"""A field names files of its record: one or several, looked at like everything that hangs on a record."""

from uuid import UUID, uuid4

import pytest

from app.core.actor import Actor
from app.core.errors import Invalid
from app.domain.files import queries as files
from app.domain.modelling import actions
from app.domain.modelling.rules import FieldWish
from app.records import filters, reading, registry, undo, writing
from app.records.joining import merge
from app.records.reading import Query
from app.records.writing import Row
from tenants.session import unit_of_work
from tests.domain.files.sending import bring


@pytest.fixture
def contracts(ann: Actor) -> str:
    """Companies have up to two contracts and one picture."""
    with unit_of_work():
        name = actions.add_field(ann, "companies", FieldWish("files", {"en": "Contracts"}, maximum=2))
        assert actions.add_field(ann, "companies", FieldWish("files", {"en": "Picture"})) == "x_picture"
    return name


def _company(ann: Actor, **values: object) -> UUID:
    with unit_of_work():
        return writing.create(ann, "companies", {"name": "Meyer", **values}).id


def _change(ann: Actor, company: UUID, name: str, ids: object) -> None:
    with unit_of_work():
        writing.update(ann, "companies", company, {name: ids})


def _codes(refused: pytest.ExceptionInfo[Invalid]) -> list[tuple[str, str]]:
    return [(each.path, each.code) for each in refused.value.problems]


def test_files_that_were_brought_hang_on_the_record(ann: Actor, contracts: str) -> None:
    first, second = (bring(ann, f"{number}.txt", b"contract") for number in range(2))
    company = _company(ann, **{contracts: [str(first.id), str(second.id)]})
    with unit_of_work():
        assert reading.fetch(ann, "companies", company).values[contracts] == [str(first.id), str(second.id)]
        assert {file.id for file in files.of_record(ann, "companies", company)} == {
            first.id,
            second.id,
        }
        where = filters.parse_json(registry.get("companies"), {"field": contracts, "op": "not_empty"})
        assert [each.id for each in reading.page(ann, "companies", Query(where=where)).rows] == [company]
    _change(ann, company, contracts, [str(second.id)])
    with unit_of_work():
        edit = undo.last_edit(company)
        assert edit is not None
        assert undo.undo(ann, edit).values[contracts] == [str(first.id), str(second.id)]


def test_only_own_files_and_those_of_the_record_fit(ann: Actor, bob: Actor, contracts: str) -> None:
    company, other = _company(ann), _company(ann)
    there = bring(ann, "there.txt", b"there", to=("companies", company))
    elsewhere = bring(ann, "elsewhere.txt", b"elsewhere", to=("companies", other))
    bobs = bring(bob, "bobs.txt", b"loose")
    _change(ann, company, contracts, str(there.id))
    for wrong in (elsewhere.id, bobs.id, uuid4()):
        with pytest.raises(Invalid) as refused:
            _change(ann, company, contracts, [str(wrong)])
        assert _codes(refused) == [(contracts, "no_file")]
    with unit_of_work():
        [outcome] = writing.write_many(
            ann, "companies", [Row({contracts: [str(bobs.id)]}, company)], title="x"
        )
    assert outcome.state == "failed"


def test_field_takes_as_many_as_it_says(ann: Actor, contracts: str) -> None:
    company = _company(ann)
    brought = [str(bring(ann, f"{n}.txt", b"x", to=("companies", company)).id) for n in range(3)]
    for name, ids in ((contracts, brought), ("x_picture", brought[:2])):
        with pytest.raises(Invalid) as refused:
            _change(ann, company, name, ids)
        assert _codes(refused) == [(name, "too_many")]


@pytest.mark.parametrize("value", ["nothing", [3], [{"id": "x"}], ["\x00"], {"a": 1}])
def test_naughty_files_are_refused(ann: Actor, contracts: str, value: object) -> None:
    with pytest.raises(Invalid) as refused:
        _company(ann, **{contracts: value})
    assert _codes(refused) == [(contracts, "not_an_id")]


def test_merge_keeps_the_files_of_both(ann: Actor, contracts: str) -> None:
    keep, drop = _company(ann), _company(ann)
    file = bring(ann, "contract.txt", b"contract", to=("companies", drop))
    _change(ann, drop, contracts, [str(file.id)])
    with unit_of_work():
        merge.merge(ann, "companies", keep, drop, {})
    with unit_of_work():
        assert reading.fetch(ann, "companies", keep).values[contracts] == [str(file.id)]
        assert [each.id for each in files.of_record(ann, "companies", keep)] == [file.id]


def test_files_cannot_be_required_or_many(ann: Actor, contracts: str) -> None:
    with unit_of_work():
        actions.change_field(ann, "companies", contracts, {"is_required": True})
        assert not registry.get("companies").by_name[contracts].required
        with pytest.raises(Invalid):
            actions.change_field(ann, "companies", contracts, {"maximum": 21})
