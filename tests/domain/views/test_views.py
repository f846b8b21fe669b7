"""Views: whose they are, who changes them, what they are called, and that every change can be taken back."""

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.actor import Actor
from app.core.errors import Conflict, Invalid, NotAllowed, NotFound, Stale
from app.core.ids import new_id
from app.core.permissions import SUPPORT_WRITES
from app.domain.members import teams
from app.domain.members.models import Member
from app.domain.views import actions, opening, queries, rules
from app.domain.views.actions import Wish
from app.domain.views.models import View
from app.records import columns, filters, registry
from app.records.filters import Where
from tenants.session import session
from tests.records.test_filters import TREES


def where(actor: Actor, **conditions: str) -> Where | None:
    return filters.parse_json(
        registry.get("companies"),
        {"and": [{"field": name, "op": "eq", "value": value} for name, value in conditions.items()]},
        actor,
    )


def saved(actor: Actor, name: str = "In Bonn", **more: object) -> View:
    wish = Wish(**{"name": name, "where": where(actor, city="Bonn"), **more})  # type: ignore[arg-type]
    return actions.create(actor, "companies", wish)


def seen(actor: Actor) -> list[str]:
    return [each.view.name for each in queries.of_object(actor, "companies")]


def undo(actor: Actor, view: View) -> View:
    fact_id = queries.last_change(view.id)
    assert fact_id
    return actions.undo(actor, fact_id)


@pytest.fixture
def sales(ann: Actor, bob: Actor) -> UUID:
    """A team below which Bob's is."""
    above = teams.create(ann, "Sales").id
    below = teams.create(ann, "Sales North", above).id
    assert bob.id
    teams.seat(ann, below, {bob.id})
    return above


def test_own_view_is_nobody_elses(ann: Actor, bob: Actor) -> None:
    view = saved(bob)
    assert (seen(bob), seen(ann)) == (["In Bonn"], [])
    with pytest.raises(NotFound):
        queries.get(ann, view.id)
    with pytest.raises(NotFound):
        actions.remove(ann, view.id)


def test_shared_view_is_everyones(ann: Actor, bob: Actor, ralf: Actor) -> None:
    saved(bob, shared="everyone")
    assert seen(ann) == seen(ralf) == ["In Bonn"]


def test_view_of_a_team_is_that_of_its_parts_too(ann: Actor, bob: Actor, ralf: Actor, sales: UUID) -> None:
    view = saved(ann, shared="team", team_id=sales)
    assert (seen(bob), seen(ralf)) == (["In Bonn"], [])
    teams.remove(ann, sales)
    session.expire_all()
    assert seen(bob) == []
    assert queries.get(ann, view.id).team_id is None


def test_view_is_shared_with_teams_of_ones_own(bob: Actor, ann: Actor, sales: UUID) -> None:
    other = teams.create(ann, "Support").id
    assert saved(bob, shared="team", team_id=sales).team_id == sales
    for team_id, code in ((other, "not_found"), (None, "required"), (new_id(), "not_found")):
        with pytest.raises(Invalid) as refused:
            saved(bob, "Other", shared="team", team_id=team_id)
        assert [(each.path, each.code) for each in refused.value.problems] == [("team_id", code)]


def test_readers_keep_views_for_themselves(ann: Actor, ralf: Actor, bob: Actor) -> None:
    saved(ralf)
    with pytest.raises(NotAllowed):
        saved(ralf, "Theirs", shared="everyone")
    view = saved(bob, "Bob's", shared="everyone")
    with pytest.raises(NotAllowed):
        actions.change(ralf, view.id, {"name": "Ralf's"})


def test_locked_view_is_changed_by_maker_and_managers(ann: Actor, bob: Actor, office: object) -> None:
    view = saved(ann, shared="everyone", is_locked=True)
    with pytest.raises(NotAllowed):
        actions.change(bob, view.id, {"where": None})
    mine = saved(bob, "Bob's", shared="everyone", is_locked=True)
    assert actions.change(ann, mine.id, {"where": None}).tree is None
    assert actions.change(bob, mine.id, {"is_locked": False}).version == 3


def test_open_view_is_changed_by_all_and_led_by_its_maker(ann: Actor, bob: Actor) -> None:
    view = saved(ann, shared="everyone")
    assert actions.change(bob, view.id, {"sort": "-city"}).sort == "-city"
    for told in ({"shared": "nobody"}, {"is_locked": True}):
        with pytest.raises(NotAllowed):
            actions.change(bob, view.id, told)
    with pytest.raises(NotAllowed):
        actions.remove(bob, view.id)


def test_lock_goes_with_the_sharing(ann: Actor) -> None:
    view = saved(ann, shared="everyone", is_locked=True)
    assert not actions.change(ann, view.id, {"shared": "nobody"}).is_locked


def test_second_writer_is_told(ann: Actor, bob: Actor) -> None:
    view = saved(ann, shared="everyone")
    actions.change(ann, view.id, {"search": "pump"}, 1)
    with pytest.raises(Stale):
        actions.change(bob, view.id, {"search": "valve"}, 1)
    assert queries.get(bob, view.id).search == "pump"


@pytest.mark.parametrize(
    ("told", "path", "code"),
    [
        ({"name": " \x00\n "}, "name", "required"),
        ({"name": "x" * 101}, "name", "too_long"),
        ({"name": "IN BONN"}, "name", "taken"),
        ({"shared": "friends"}, "shared", "not_a_choice"),
        ({"sort": "nothing"}, "sort", "not_sortable"),
        ({"search": "x" * 201}, "q", "too_long"),
        ({"columns": ["city", "nothing"]}, "nothing", "unknown_field"),
        ({"columns": ["city", "version"]}, "version", "unknown_field"),
    ],
)
def test_refusal_names_the_member(ann: Actor, told: dict[str, object], path: str, code: str) -> None:
    saved(ann)
    with pytest.raises(Invalid) as refused:
        saved(ann, **{"name": "Other", **told})  # type: ignore[arg-type]
    assert [(each.path, each.code) for each in refused.value.problems] == [(path, code)]


def test_columns_stand_in_order_behind_the_title(ann: Actor) -> None:
    view = saved(ann, columns=["standing", "city", "name", "city"])
    assert view.columns == ["name", "standing", "city"]
    assert actions.change(ann, view.id, {"columns": []}).columns == []


def test_views_have_only_so_many_columns(ann: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "MOST", 3)
    assert saved(ann, columns=["city", "phone"]).columns == ["name", "city", "phone"]
    with pytest.raises(Invalid) as refused:
        saved(ann, "Other", columns=["city", "phone", "industry"])
    assert [(each.path, each.code) for each in refused.value.problems] == [("columns", "too_many")]


def test_filter_that_is_too_long_is_refused(ann: Actor) -> None:
    tree = {"field": "city", "op": "in", "value": [f"{n} " + "x" * 450 for n in range(40)]}
    with pytest.raises(Invalid) as refused:
        saved(ann, where=filters.parse_json(registry.get("companies"), tree, ann))
    assert refused.value.problems[0].code == "too_large"


def test_views_have_a_number(ann: Actor, bob: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MOST", 2)
    saved(bob, "One"), saved(bob, "Two")
    for shared in ("nobody", "everyone"):
        saved(ann, f"First {shared}", shared=shared)
        saved(ann, f"Second {shared}", shared=shared)
        with pytest.raises(Invalid) as refused:
            saved(ann, "Third", shared=shared)
        assert refused.value.problems[0].code == "too_many"


def test_names_are_apart_where_they_meet(ann: Actor, bob: Actor) -> None:
    saved(ann), saved(bob)
    saved(ann, shared="everyone")
    with pytest.raises(Invalid):
        saved(bob, shared="everyone")


def test_copies_are_ones_own_with_a_number(ann: Actor, bob: Actor) -> None:
    view = saved(ann, shared="everyone", is_locked=True, sort="-city")
    first, second = actions.copy(bob, view.id), actions.copy(bob, view.id)
    assert (first.name, second.name) == ("In Bonn", "In Bonn 2")
    assert (first.shared, first.is_locked, first.sort, first.tree) == ("nobody", False, "-city", view.tree)
    assert rules.free_name("x" * 100, {"x" * 100}) == "x" * 98 + " 2"


def test_deleted_view_comes_back_as_it_was(ann: Actor, bob: Actor) -> None:
    view = saved(bob, shared="everyone", is_locked=True, sort="-city", search="pump", columns=["city"])
    content = {name: getattr(view, name) for name in (*actions.CONTENT, "id", "created_by")}
    actions.remove(bob, view.id)
    fact_id = queries.last_change(content["id"])
    assert seen(ann) == []
    assert fact_id
    back = actions.undo(bob, fact_id)
    assert {name: getattr(back, name) for name in content} == content
    with pytest.raises(Conflict):
        actions.undo(bob, fact_id)


def test_name_that_was_taken_meanwhile_gets_a_number(ann: Actor) -> None:
    view = saved(ann)
    actions.remove(ann, view.id)
    fact_id = queries.last_change(view.id)
    saved(ann)
    assert fact_id
    assert actions.undo(ann, fact_id).name == "In Bonn 2"


def test_change_is_taken_back_unless_changed_again(ann: Actor) -> None:
    view = saved(ann)
    actions.change(ann, view.id, {"where": where(ann, city="Kassel"), "name": "In Kassel"})
    undo(ann, view)
    shown = opening.opened(ann, registry.get("companies"), view).where
    assert view.name == "In Bonn"
    assert opening.same(shown, where(ann, city="Bonn"))
    actions.change(ann, view.id, {"search": "a"})
    fact_id = queries.last_change(view.id)
    actions.change(ann, view.id, {"search": "b"})
    assert fact_id
    with pytest.raises(Conflict):
        actions.undo(ann, fact_id)


def test_saving_is_taken_back(ann: Actor) -> None:
    undo(ann, saved(ann))
    assert seen(ann) == []


def test_nobody_takes_back_what_is_not_his(ann: Actor, bob: Actor) -> None:
    view = saved(bob)
    made = queries.last_change(view.id)
    actions.remove(bob, view.id)
    removed = queries.last_change(view.id)
    for fact_id in (made, removed):
        assert fact_id
        with pytest.raises(NotFound):
            actions.undo(ann, fact_id)


def test_support_keeps_no_views(ann: Actor) -> None:
    visitor = replace(ann, kind="support", id=new_id(), permissions=SUPPORT_WRITES)
    view = saved(ann, shared="everyone")
    assert seen(visitor) == ["In Bonn"]
    with pytest.raises(NotAllowed):
        saved(visitor)
    with pytest.raises(NotAllowed):
        actions.change(visitor, view.id, {"search": "x"})


def test_maker_who_left_leaves_shared_ones_to_managers(ann: Actor, bob: Actor) -> None:
    view = saved(bob, shared="everyone", is_locked=True)
    member = session.get(Member, bob.id)
    assert member
    actions.change(ann, view.id, {"name": "Bonn"})
    actions.remove(ann, view.id)
    assert seen(ann) == []


@settings(max_examples=100)
@given(TREES, st.text(max_size=30), st.text(max_size=30))
def test_every_filter_comes_back_as_it_was_saved(ann: Actor, tree: object, name: str, search: str) -> None:
    described = registry.get("deals")
    try:
        told = filters.parse_json(described, tree, ann)
        view = actions.create(ann, "deals", Wish(name, told, search))
    except Invalid:
        session.rollback()
        return
    session.flush()
    session.refresh(view)
    back = opening.opened(ann, described, view)
    assert opening.same(back.where, told)
    assert (back.is_whole, back.problems) == (True, [])
    session.rollback()
