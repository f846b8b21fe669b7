"""A field becomes of another kind where every value fits, while people write; else nothing changes."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import text

import app.domain.catalogue  # noqa: F401 - registers the objects
from app.core.actor import Actor
from app.core.errors import Conflict, Invalid, NotAllowed
from app.core.grants import VERBS, Grants
from app.domain.jobs import slices
from app.domain.jobs.models import Job
from app.domain.jobs.slices import Budget
from app.domain.modelling import actions as modelling
from app.domain.modelling import history
from app.domain.modelling.rules import KINDS, FieldWish
from app.domain.retyping import actions, kinds, returning, rules, running, telling, values
from app.records import filters, reading, registry, timeline, trash, undo, writing
from app.records.reading import Query
from tenants.session import session
from tests.cast import BOB, Workspace
from tests.statements import counted

MACHINES = ({"en": "Machine", "de": "Maschine"}, {"en": "Machines", "de": "Maschinen"})


@pytest.fixture
def ann(ann: Actor) -> Actor:
    """Ann, the owner, with machines that have a word; what she does is undone."""
    modelling.add_object(ann, *MACHINES)
    wish = FieldWish("text", {"en": "Word"}, is_searchable=True, is_sortable=True)
    modelling.add_field(ann, "x_machines", wish)
    return ann


def _machines(ann: Actor, *words: str | None) -> list[UUID]:
    return [writing.create(ann, "x_machines", {"name": "M", "word": word}).id for word in words]


def _word(ann: Actor, record_id: UUID) -> object:
    return reading.fetch(ann, "x_machines", record_id).values["word"]


def _slices(ann: Actor, job: Job, most: int = 30) -> None:
    """Each slice does one portion."""
    for _ in range(most):
        if not running.advance(ann, job, Budget(0.0)):
            if not job.is_over:
                slices.finish(job)
            return


def _until(ann: Actor, job: Job, step: str) -> None:
    while job.checkpoint.get("step", "look") != step:
        assert running.advance(ann, job, Budget(0.0))


def test_texts_become_numbers(ann: Actor) -> None:
    one, two, none = _machines(ann, "7", "1.25", None)
    gone = _machines(ann, "9")[0]
    trash.trash(ann, "x_machines", gone)
    told = actions.check(ann, "x_machines", "word", "number")
    assert (told.count, told.misfits, told.all) == (3, 0, True)
    assert told.given_up == ["is_searchable"]
    _slices(ann, actions.ask(ann, "x_machines", "word", "number"))
    assert registry.get("x_machines").by_name["word"].kind == "number"
    assert [_word(ann, each) for each in (one, two, none)] == [Decimal(7), Decimal("1.25"), None]
    where = filters.parse_json(registry.get("x_machines"), {"field": "word", "op": "gt", "value": 5})
    assert [row.id for row in reading.page(ann, "x_machines", Query(where=where)).rows] == [one]
    trash.restore(ann, "x_machines", gone)
    assert _word(ann, gone) == Decimal(9)
    writing.update(ann, "x_machines", one, {"word": "8"})
    assert _word(ann, one) == Decimal(8)


def test_one_that_does_not_fit_stops_it_all(ann: Actor) -> None:
    _, odd = _machines(ann, "7", "seven")
    told = actions.check(ann, "x_machines", "word", "number")
    assert [(each.record_id, each.value) for each in told.told] == [(odd, "seven")]
    job = actions.ask(ann, "x_machines", "word", "number")
    _slices(ann, job)
    assert (job.state, job.failed_count) == ("failed", 1)
    assert registry.get("x_machines").by_name["word"].kind == "text"
    assert _word(ann, odd) == "seven"
    rows = session.execute(text("SELECT record_id FROM job_rows WHERE job_id = :id"), {"id": job.id})
    assert [row[0] for row in rows] == [odd]


def test_texts_become_choices_of_their_own(ann: Actor) -> None:
    ids = _machines(ann, "Running", "broken down", "running", None)
    told = actions.check(ann, "x_machines", "word", "choice")
    assert [each["labels"]["en"] for each in told.choices] == ["Running", "broken down"]
    _slices(ann, actions.ask(ann, "x_machines", "word", "choice"))
    assert [_word(ann, each) for each in ids] == ["running", "broken_down", "running", None]
    field = registry.get("x_machines").by_name["word"]
    assert [str(each.label) for each in field.choices] == ["Running", "broken down"]
    _slices(ann, actions.ask(ann, "x_machines", "word", "choices"))
    assert _word(ann, ids[1]) == ["broken_down"]
    _slices(ann, actions.ask(ann, "x_machines", "word", "choice"))
    _slices(ann, actions.ask(ann, "x_machines", "word", "text"))
    assert _word(ann, ids[1]) == "broken down"


def test_dates_become_moments_and_back(ann: Actor) -> None:
    (day,) = _machines(ann, "2026-03-04")
    _slices(ann, actions.ask(ann, "x_machines", "word", "date"))
    assert _word(ann, day) == date(2026, 3, 4)
    _slices(ann, actions.ask(ann, "x_machines", "word", "datetime"))
    _slices(ann, actions.ask(ann, "x_machines", "word", "date"))
    assert _word(ann, day) == date(2026, 3, 4)
    _slices(ann, actions.ask(ann, "x_machines", "word", "datetime"))
    writing.update(ann, "x_machines", day, {"word": "2026-03-04T15:00:00+01:00"})
    assert actions.check(ann, "x_machines", "word", "date").misfits == 1


def test_what_is_written_meanwhile_comes_along(ann: Actor) -> None:
    one, two, three, four = _machines(ann, "1", "2", "3", None)
    job = actions.ask(ann, "x_machines", "word", "number")
    _until(ann, job, "turn")
    writing.update(ann, "x_machines", one, {"word": "11"})
    writing.update(ann, "x_machines", two, {"word": None})
    writing.update(ann, "x_machines", four, {"word": "4"})
    five = _machines(ann, "5")[0]
    _slices(ann, job)
    assert [_word(ann, each) for each in (one, two, three, four, five)] == [11, None, 3, 4, 5]


def test_what_is_written_meanwhile_and_does_not_fit_keeps_it_text(ann: Actor) -> None:
    one, _ = _machines(ann, "1", "2")
    job = actions.ask(ann, "x_machines", "word", "number")
    _until(ann, job, "turn")
    writing.update(ann, "x_machines", one, {"word": "eleven"})
    _slices(ann, job)
    assert (job.state, _word(ann, one)) == ("failed", "eleven")
    writing.update(ann, "x_machines", one, {"word": "2026-01-02"})
    _slices(ann, actions.ask(ann, "x_machines", "word", "longtext"))
    keys = session.scalar(text("SELECT custom FROM records WHERE id = :id"), {"id": one})
    assert len(keys) == 1


@pytest.mark.parametrize("is_tidied", [False, True])
def test_who_writes_late_is_not_lost(ann: Actor, is_tidied: bool) -> None:
    one, two = _machines(ann, "1", "2")
    job = actions.ask(ann, "x_machines", "word", "number")
    _until(ann, job, "tidy")
    if is_tidied:
        _slices(ann, job)
    late = text('UPDATE records SET custom = custom || \'{"word": "12"}\' WHERE id = :id')
    session.execute(late, {"id": one})
    _slices(ann, job)
    running.sweep(job)
    assert [_word(ann, each) for each in (one, two)] == [12, 2]
    assert session.scalar(text("SELECT count(*) FROM records WHERE custom ? 'word'")) == 0


def _back(ann: Actor) -> Job:
    """The newest change of a kind, being taken back."""
    step = next(each for each in history.page(ann).steps if "kind" in each.changes and not each.undone)
    job = returning.undo(ann, step.id)
    assert isinstance(job, Job)
    return job


def test_each_record_tells_from_what_to_what(ann: Actor) -> None:
    one, none = _machines(ann, "7", None)
    versions = [reading.fetch(ann, "x_machines", each).version or 0 for each in (one, none)]
    job = actions.ask(ann, "x_machines", "word", "number")
    _slices(ann, job)
    assert [reading.fetch(ann, "x_machines", each).version for each in (one, none)] == [
        versions[0] + 1,
        versions[1],
    ]
    newest = timeline.timeline(ann, [one]).entries[0]
    assert (newest.verb, newest.actor_id, newest.job_id, newest.bulk) == ("updated", ann.id, job.id, True)
    (change,) = newest.changes
    assert (change.field, change.before, Decimal(str(change.after))) == ("word", "7", Decimal(7))
    told = text("SELECT count(*), sum(rows_count) FROM facts WHERE job_id = :id AND verb = 'changed_many'")
    assert tuple(session.execute(told, {"id": job.id}).one()) == (1, 1)


def test_who_edited_the_form_before_meets_the_new_value(ann: Actor) -> None:
    one = _machines(ann, "7")[0]
    version = reading.fetch(ann, "x_machines", one).version
    _slices(ann, actions.ask(ann, "x_machines", "word", "number"))
    with pytest.raises(Conflict) as met:
        writing.update(ann, "x_machines", one, {"word": "8"}, base_version=version)
    assert met.value.base == {"word": "7"}


def test_same_text_is_no_change_of_a_record(ann: Actor) -> None:
    one = _machines(ann, "plain")[0]
    version = reading.fetch(ann, "x_machines", one).version
    _slices(ann, actions.ask(ann, "x_machines", "word", "longtext"))
    assert reading.fetch(ann, "x_machines", one).version == version


def test_taken_back_it_says_what_it_said(ann: Actor) -> None:
    one, two, three, four = _machines(ann, "07", "1.50", "3", None)
    _slices(ann, actions.ask(ann, "x_machines", "word", "number"))
    writing.update(ann, "x_machines", two, {"word": "2"})
    writing.update(ann, "x_machines", three, {"word": None})
    writing.update(ann, "x_machines", four, {"word": "4"})
    five = _machines(ann, "5")[0]
    _slices(ann, _back(ann))
    field = registry.get("x_machines").by_name["word"]
    assert (field.kind, field.searchable) == ("text", True)
    assert [_word(ann, each) for each in (one, two, three, four, five)] == ["07", "2", None, "4", "5"]
    steps = history.page(ann).steps
    assert steps[0].undoes == steps[1].id
    assert steps[1].undone
    _slices(ann, _back(ann))
    assert registry.get("x_machines").by_name["word"].kind == "number"
    assert [_word(ann, each) for each in (one, two)] == [Decimal(7), Decimal(2)]


def test_choices_come_back_with_their_words(ann: Actor) -> None:
    choices = ({"value": "run", "labels": {"de": "Läuft"}}, {"value": "off", "labels": {"en": "Off"}})
    modelling.add_field(ann, "x_machines", FieldWish("choice", {"en": "State"}, choices=choices))
    ids = [writing.create(ann, "x_machines", {"name": "M", "state": value}).id for value in ("run", "off")]
    _slices(ann, actions.ask(ann, "x_machines", "state", "text"))
    writing.update(ann, "x_machines", ids[1], {"state": "läuft"})
    new = writing.create(ann, "x_machines", {"name": "M", "state": "broken"}).id
    job = _back(ann)
    _slices(ann, job)
    assert (job.state, job.failed_count) == ("failed", 1)
    writing.update(ann, "x_machines", new, {"state": "off"})
    _slices(ann, _back(ann))
    found = [reading.fetch(ann, "x_machines", each).values["state"] for each in (*ids, new)]
    assert found == ["run", "run", "off"]


def test_way_back_ends(ann: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    one = _machines(ann, "07")[0]
    job = actions.ask(ann, "x_machines", "word", "number")
    _slices(ann, job)
    running.sweep(job)
    while running.forget(job):
        pass
    kept = session.scalar(text("SELECT custom FROM records WHERE id = :id"), {"id": one})
    assert len(kept) == 1
    step = history.page(ann).steps[0]
    monkeypatch.setattr(undo, "WINDOW", timedelta(0))
    with pytest.raises(Conflict):
        returning.undo(ann, step.id)


def test_only_the_newest_kind_is_taken_back(ann: Actor) -> None:
    _machines(ann, "1")
    _slices(ann, actions.ask(ann, "x_machines", "word", "number"))
    first = history.page(ann).steps[0]
    _slices(ann, actions.ask(ann, "x_machines", "word", "text"))
    with pytest.raises(Conflict):
        returning.undo(ann, first.id)


def test_only_what_is_possible_is_begun(ann: Actor) -> None:
    for kind in ("relation", "text", "money", "rainbow"):
        with pytest.raises(Invalid) as refused:
            actions.ask(ann, "x_machines", "word", kind)
        assert refused.value.problems[0].code == "not_possible"
    actions.ask(ann, "x_machines", "word", "number")
    with pytest.raises(Invalid) as refused:
        actions.ask(ann, "x_machines", "word", "date")
    assert refused.value.problems[0].code == "running"


def test_a_relation_becomes_one_of_several_and_back(ann: Actor) -> None:
    wish = FieldWish("relation", {"en": "Maker"}, target="companies", list_labels={"en": "Makes"})
    modelling.add_field(ann, "x_machines", wish)
    one, two = (writing.create(ann, "companies", {"name": name}).id for name in ("One", "Two"))
    machine = writing.create(ann, "x_machines", {"name": "M", "maker": one}).id
    _slices(ann, actions.ask(ann, "x_machines", "maker", "relations"))
    assert reading.fetch(ann, "x_machines", machine)["maker"] == [str(one)]
    listed = registry.get("companies").related[-1]
    assert (listed.field, listed.label) == ("maker", "Makes")
    assert [row.id for row in reading.related(ann, "companies", one, listed.name).rows] == [machine]
    writing.update(ann, "x_machines", machine, {"maker": [one, two]})
    (misfit,) = actions.check(ann, "x_machines", "maker", "relation").told
    assert (misfit.record_id, misfit.problem.code) == (machine, "several")
    writing.update(ann, "x_machines", machine, {"maker": [two]})
    _slices(ann, actions.ask(ann, "x_machines", "maker", "relation"))
    assert reading.fetch(ann, "x_machines", machine)["maker"] == two


def test_it_is_for_those_who_manage(ann: Actor, office: Workspace) -> None:
    with pytest.raises(NotAllowed):
        actions.check(office.actor(BOB), "x_machines", "word", "number")


def test_table_of_the_possible_names_known_kinds() -> None:
    named = KINDS.keys()
    assert {*rules.POSSIBLE, *(each for those in rules.POSSIBLE.values() for each in those)} <= named
    assert values.SIZE > 1


def test_history_tells_how_many_and_what_some_said(ann: Actor, office: Workspace) -> None:
    ids = _machines(ann, "007", "8", "1.50")
    _slices(ann, actions.ask(ann, "x_machines", "word", "number"))
    step = next(each for each in history.page(ann, None, "x_machines").steps if "kind" in each.changes)
    effect = telling.effects(ann, [step])[step.id]
    assert (effect.count, effect.is_over) == (3, True)
    said = {each.record_id: (each.before, Decimal(each.after)) for each in effect.said}
    assert said == {ids[0]: ("007", 7), ids[1]: ("8", 8), ids[2]: ("1.50", Decimal("1.5"))}
    narrow = replace(ann, grants=Grants({"x_machines": dict.fromkeys(VERBS, "own")}), id=office.actor(BOB).id)
    assert telling.effects(narrow, [step])[step.id].said == []


def test_histories_tell_values_in_the_kind_of_then(ann: Actor) -> None:
    """An edit before a change of kind, the change, an edit after it, and one after another change."""
    (one,) = _machines(ann, "Runs well")
    writing.update(ann, "x_machines", one, {"word": "Stands still"})
    _slices(ann, actions.ask(ann, "x_machines", "word", "choice"))
    modelling.change_field(
        ann, "x_machines", "word", {"choices": [{"value": "stands_still", "labels": {"en": "Idle"}}]}
    )
    _slices(ann, actions.ask(ann, "x_machines", "word", "text"))
    writing.update(ann, "x_machines", one, {"word": "Runs again"})
    told = timeline.timeline(ann, [one]).entries
    then = kinds.then(told)

    def said(entry: timeline.Entry) -> list[tuple[str, object]]:
        (change,) = (each for each in entry.changes if each.field == "word")
        pair = zip(then[entry.fact_ids[0], "word"], (change.before, change.after), strict=True)
        return [(field.kind, {c.value: str(c.label) for c in field.choices}.get(v, v)) for field, v in pair]

    assert [said(entry) for entry in told if entry.verb == "updated"] == [
        [("text", "Idle"), ("text", "Runs again")],
        [("choice", "Idle"), ("text", "Idle")],
        [("text", "Stands still"), ("choice", "Idle")],
        [("text", "Runs well"), ("text", "Stands still")],
    ]


def test_histories_of_fields_as_ever_ask_nothing(ann: Actor) -> None:
    (one,) = _machines(ann, "7")
    writing.update(ann, "x_machines", one, {"word": "8"})
    entries = timeline.timeline(ann, [one]).entries
    with counted() as sent:
        assert kinds.then(entries) == {}
    assert sent == []
