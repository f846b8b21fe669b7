"""What a company added itself is merged like all else."""

from uuid import UUID

from sqlalchemy import text

from app.core.actor import Actor
from app.domain.duplicates import actions
from app.domain.modelling import actions as modelling
from app.domain.modelling.rules import FieldWish
from app.records import reading, writing
from tenants.session import session
from tests.domain.duplicates.conftest import Two
from tests.domain.duplicates.everything import differing, rows


def _machines(ann: Actor) -> None:
    """Machines that contacts keep, and a badge that contacts wear."""
    modelling.add_object(ann, {"en": "Machine"}, {"en": "Machines"})
    keeper = FieldWish("relation", {"en": "Keeper"}, target="contacts", name="keeper_id")
    assert modelling.add_field(ann, "x_machines", keeper) == "keeper_id"
    assert modelling.add_field(ann, "contacts", FieldWish("text", {"en": "Badge"})) == "x_badge"


def _keeper(machine: UUID) -> str | None:
    wanted = text("SELECT custom->>'keeper_id' FROM records WHERE id = :id")
    found: str | None = session.scalar(wanted, {"id": machine})
    return found


def test_own_fields_are_filled_and_own_relations_move(ann: Actor, two: Two) -> None:
    _machines(ann)
    writing.update(ann, "contacts", two.drop, {"x_badge": "B-7"})
    press = writing.create(ann, "x_machines", {"name": "Press", "keeper_id": str(two.drop)}).id
    before = rows()
    actions.merge(ann, "contacts", two.keep, two.drop)
    assert reading.fetch(ann, "contacts", two.keep)["x_badge"] == "B-7"
    assert reading.fetch(ann, "x_machines", press)["keeper_id"] == two.keep
    actions.unmerge(ann, "contacts", two.drop)

    assert differing(before, rows()) == {}


def test_what_is_hidden_moves_as_well(ann: Actor, two: Two) -> None:
    _machines(ann)
    press = writing.create(ann, "x_machines", {"name": "Press", "keeper_id": str(two.drop)}).id
    modelling.change_field(ann, "x_machines", "keeper_id", {"is_hidden": True})
    actions.merge(ann, "contacts", two.keep, two.drop)
    assert _keeper(press) == str(two.keep)
    actions.unmerge(ann, "contacts", two.drop)
    assert _keeper(press) == str(two.drop)


def test_own_objects_are_merged(ann: Actor, two: Two) -> None:
    _machines(ann)
    one = writing.create(ann, "x_machines", {"name": "Press"}).id
    other = writing.create(ann, "x_machines", {"name": "Press 7", "keeper_id": str(two.keep)}).id
    actions.merge(ann, "x_machines", one, other, {"name": "drop"})

    kept = reading.fetch(ann, "x_machines", one)
    assert (kept["name"], kept["keeper_id"]) == ("Press 7", two.keep)
