"""What a company hides of its records is kept whole: it is taken back and joined along with what is seen."""

from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import text

from app.core.actor import Actor
from app.core.errors import Conflict, Invalid
from app.core.ids import new_id
from app.domain.duplicates import actions as duplicates
from app.domain.modelling import actions as modelling
from app.domain.modelling import removing
from app.domain.modelling.rules import FieldWish
from app.records import facts, journal, reading, registry, reversing, since, undo, writing
from app.records.reversing import Reversal
from app.records.writing import Row
from tenants.session import session


@pytest.fixture
def badge(ann: Actor) -> str:
    """A field of the company's own that the search finds and companies must have."""
    return modelling.add_field(ann, "companies", FieldWish("text", {"en": "Badge"}, is_searchable=True))


def _hide(ann: Actor, name: str, *, hidden: bool = True) -> None:
    modelling.change_field(ann, "companies", name, {"is_hidden": hidden})


def _badges(ann: Actor, name: str, *ids: UUID) -> list[object]:
    """What stands in the field once it is shown again."""
    _hide(ann, name, hidden=False)
    return [reading.fetch(ann, "companies", each)[name] for each in ids]


def _latest(ann: Actor, record_id: UUID) -> UUID:
    return facts.timeline(ann, [record_id]).entries[0].fact_ids[0]


def test_edit_of_what_is_hidden_since_is_taken_back(ann: Actor, badge: str) -> None:
    company = writing.create(ann, "companies", {"name": "Meyer", badge: "7"}).id
    writing.update(ann, "companies", company, {badge: "8", "city": "Bonn"})
    _hide(ann, badge)
    shown = undo.undo(ann, _latest(ann, company))
    assert shown["city"] is None
    assert badge not in shown.values
    assert _badges(ann, badge, company) == ["7"]


def test_what_is_hidden_is_found_by_nobody_after_undo(ann: Actor, badge: str) -> None:
    company = writing.create(ann, "companies", {"name": "Meyer", badge: "zyklotron"}).id
    writing.update(ann, "companies", company, {badge: "other", "city": "Bonn"})
    _hide(ann, badge)
    undo.undo(ann, _latest(ann, company))
    body = session.scalar(text("SELECT body FROM search WHERE record_id = :id"), {"id": company})
    assert "zyklotron" not in body


def test_later_change_of_what_is_hidden_is_not_overwritten(ann: Actor, badge: str) -> None:
    company = writing.create(ann, "companies", {"name": "Meyer", badge: "7"}).id
    writing.update(ann, "companies", company, {badge: "8"})
    edit = _latest(ann, company)
    writing.update(ann, "companies", company, {badge: "9"})
    _hide(ann, badge)
    with pytest.raises(Conflict):
        undo.undo(ann, edit)
    assert _badges(ann, badge, company) == ["9"]


def test_edit_of_a_field_that_is_gone_says_so(ann: Actor, badge: str) -> None:
    company = writing.create(ann, "companies", {"name": "Meyer"}).id
    writing.update(ann, "companies", company, {badge: "8"})
    edit = _latest(ann, company)
    writing.update(ann, "companies", company, {badge: None})
    removing.remove_field(ann, "companies", badge, undoes=new_id())
    with pytest.raises(Invalid) as refused:
        undo.undo(ann, edit)
    assert [each.code for each in refused.value.problems] == ["not_undoable"]


def test_bulk_change_of_what_is_hidden_since_is_taken_back(ann: Actor, badge: str) -> None:
    ids = [writing.create(ann, "companies", {"name": name, badge: "7"}).id for name in "ABC"]
    job = new_id()
    writing.write_many(ann, "companies", [Row({badge: "8"}, each) for each in ids], job_id=job, title="All")
    found = text("SELECT v.journal FROM facts f JOIN fact_values v ON v.fact_id = f.id WHERE f.job_id = :job")
    lines = journal.unpack(session.scalar(found, {"job": job}))
    _hide(ann, badge)
    done = reversing.take_back(ann, "companies", lines, Reversal(job, new_id(), new_id(), "All"))
    assert [each.state for each in done] == ["updated"] * 3
    assert _badges(ann, badge, *ids) == ["7"] * 3


def test_merge_fills_what_is_hidden_and_undoes_it(ann: Actor, badge: str) -> None:
    keep = writing.create(ann, "companies", {"name": "Meyer"}).id
    drop = writing.create(ann, "companies", {"name": "Meier", badge: "7"}).id
    _hide(ann, badge)
    duplicates.merge(ann, "companies", keep, drop)
    assert _badges(ann, badge, keep) == ["7"]
    _hide(ann, badge)
    duplicates.unmerge(ann, "companies", drop)
    assert _badges(ann, badge, keep, drop) == [None, "7"]


def test_model_is_as_before_afterwards(ann: Actor, badge: str) -> None:
    _hide(ann, badge)
    shown = registry.model()
    with registry.with_hidden():
        whole = registry.get("companies")
        assert badge in whole.by_name
        assert badge not in whole.found_by
    assert registry.model() is shown
    assert badge not in registry.get("companies").by_name


@pytest.mark.parametrize("stored", [Decimal(5), Decimal("NaN")])
def test_what_a_field_of_another_kind_said_is_another_value(stored: Decimal) -> None:
    assert since.moved({"word": stored}, {"word": "five"}) == ["word"]
