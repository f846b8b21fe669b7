"""A view as somebody sees it: what it shows, and what of it is not there any more or out of sight."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.core.actor import Actor
from app.core.errors import Invalid, Problem
from app.core.text import N_
from app.domain.views.models import View
from app.records import columns, filters, keyset, registry, scope
from app.records.columns import Chosen
from app.records.filters import All, Where
from app.records.filters.using import Used, kind_of, using
from app.records.types import ObjectType

# Nobody learns the name of a field that is not his to see, so one word stands for both.
GONE = N_(
    "It filters by a field that is not there any more or that you may not see. "
    "Leave that condition out, or ask whoever made the view."
)
GONE_BY_NAME = N_("It filters by %(name)s, which is hidden or not there any more. Leave that condition out.")
ANOTHER_KIND = N_(
    "It filters by %(field)s, which became a field of another kind since. Leave that condition out "
    "or write it anew."
)
NO_VALUE = N_(
    "It looks for a value of %(field)s that is not there any more. Leave that condition out "
    "or choose another value."
)
NOT_SORTED = N_("It was sorted by a field that is not there any more or that you may not see.")
SORT_CODE = "not_sortable"
NOT_SHOWN = N_("Some of its columns are not there any more or not for you to see.")


@dataclass(frozen=True)
class Opened:
    """What the view shows: `where` None is no filter; empty `search`, `sort` and `columns` say nothing.

    Where conditions are lost, `where` is what is left, which is not what the view shows; `lost` says why.
    `unsorted` tells that its order is lost, which changes no row, nor does a lost column.
    """

    view: View
    where: Where | None
    search: str
    sort: str
    columns: Chosen
    lost: Sequence[Problem] = ()
    unsorted: Problem | None = None

    @property
    def is_whole(self) -> bool:
        """Whether it shows the rows that it was saved for."""
        return not self.lost

    @property
    def problems(self) -> Sequence[Problem]:
        """All that is wrong with it."""
        unshown = Problem("columns", "gone", NOT_SHOWN) if self.columns.lost else None
        return [*self.lost, *(each for each in (self.unsorted, unshown) if each)]


def opened(actor: Actor, described: ObjectType, view: View) -> Opened:
    """The view for `actor`, to whom the object is `described` as he sees it."""
    kept: list[Where] = []
    lost: list[Problem] = []
    for tree in _parts(view.tree):
        try:
            part = filters.parse_json(described, tree, actor)
            wrong = _changed(using(described, part, actor), view.uses, actor)
        except Invalid as refused:
            wrong = _refused(refused.problems[0], described, view.uses, actor)
        if wrong:
            lost.append(wrong)
        else:
            kept.append(part)
    unsorted = _unsorted(described, view.sort)
    return Opened(
        view,
        (kept[0] if len(kept) == 1 else All(tuple(kept))) if kept else None,
        view.search,
        "" if unsorted else view.sort,
        columns.chosen(actor, described, view.columns),
        _once(lost),
        unsorted,
    )


def out_of_sight(described: ObjectType, view: View) -> list[str]:
    """The columns of the view that there are for others than the one to whom the object is `described`.

    Who changes what all see takes nothing from them that he does not see himself.
    """
    whole = registry.get(view.object).by_name
    return [name for name in view.columns if name in whole and name not in described.by_name]


def same(one: Where | None, other: Where | None) -> bool:
    """Whether two filters say the same, in whatever order their conditions stand."""
    return _conditions(one) == _conditions(other)


def _conditions(where: Where | None) -> frozenset[Where]:
    if isinstance(where, All):
        return frozenset(each for part in where.parts for each in _conditions(part))
    return frozenset() if where is None else frozenset({where})


def _once(lost: Sequence[Problem]) -> Sequence[Problem]:
    """Each problem once, however many conditions have it."""
    return tuple({(each.message, str(each.data)): each for each in lost}.values())


def _parts(tree: Any) -> Sequence[Any]:
    if tree is None:
        return ()
    return tree["and"] if isinstance(tree, Mapping) and isinstance(tree.get("and"), list) else (tree,)


def _changed(used: Sequence[Used], known: Mapping[str, str], actor: Actor) -> Problem | None:
    """What became of the fields since the view was saved: one that is hidden, or of another kind."""
    for described, field in used:
        if field.hidden:
            return _gone(field.name, actor)
        if known.get(f"{described.name}.{field.name}") != kind_of(field):
            return Problem(field.name, "changed_kind", ANOTHER_KIND, {"field": field.label})
    return None


def _refused(problem: Problem, described: ObjectType, known: Mapping[str, str], actor: Actor) -> Problem:
    """A condition that the filter does not take any more, told without a name that is out of sight."""
    field = described.by_name.get(problem.path) or _elsewhere(problem.path, known, actor)
    if problem.code == "unknown_field" or field is None:
        return _gone(problem.path, actor)
    if field.hidden:
        return _gone(field.name, actor)
    owners = [each for each in known if each.endswith(f".{field.name}")]
    if owners and kind_of(field) not in {known[each] for each in owners}:
        return Problem(field.name, "changed_kind", ANOTHER_KIND, {"field": field.label})
    return Problem(field.name, "no_value", NO_VALUE, {"field": field.label})


def _elsewhere(name: str, known: Mapping[str, str], actor: Actor) -> Any:
    """A field of a related object that the view names, as `actor` sees it."""
    for each in known:
        object_name, _, field_name = each.partition(".")
        other = registry.find(object_name)
        if field_name == name and other is not None and other.permission("read") in actor.permissions:
            return scope.seen(actor, other).by_name.get(name)
    return None


def _gone(name: str, actor: Actor) -> Problem:
    """A field that is not there: by its name for those from whom nothing is hidden."""
    if actor.kind == "member" and actor.door == "web" and not scope.is_limited(actor):
        return Problem("where", "gone", GONE_BY_NAME, {"name": name})
    return Problem("where", "gone", GONE)


def _unsorted(described: ObjectType, sort: str) -> Problem | None:
    if not sort:
        return None
    try:
        keyset.sort_of(described, sort)
    except Invalid:
        return Problem("sort", SORT_CODE, NOT_SORTED)
    return None
