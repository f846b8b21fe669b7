"""What the address of a list asks for: a saved view, and what was changed on top of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode

from werkzeug.datastructures import MultiDict

from app.core.actor import Actor
from app.core.errors import NotFound
from app.core.ids import parse_id
from app.domain.views import opening, queries
from app.domain.views.opening import Opened
from app.records import columns, filters
from app.records.columns import Chosen
from app.records.filters import Where
from app.records.types import ObjectType
from app.web.records.standard import standard_of

VIEW, TRASH = "view", "trash"
# What of an address a view may say, beside the filter.
SEARCH, SORT, COLUMNS = "q", "sort", "columns"
Pairs = list[tuple[str, str]]
USUAL = Chosen()


@dataclass(frozen=True)
class Asked:
    """The list: its filter, search, order and columns, empty where the usual ones are meant.

    `opened` is the view that the address names, `is_changed` whether something else is asked for than it
    says. `filtered` tells that the address has a filter of its own, be it none.
    """

    where: Where | None
    search: str
    sort: str
    columns: Chosen = USUAL
    opened: Opened | None = None
    filtered: bool = False
    is_changed: bool = False

    @property
    def is_lost(self) -> bool:
        """Whether the view cannot show what it was saved for, and nothing else is asked for."""
        return self.opened is not None and not self.opened.is_whole and not self.filtered

    @property
    def has_other_columns(self) -> bool:
        """Whether it names other columns than the view does."""
        return self.opened is None or self.columns.names != self.opened.columns.names

    def pairs(self) -> Pairs:
        """The whole list as the parameters of an address, whatever becomes of the view."""
        return whole(self.where, self.search, self.sort, self.columns.names)


def asked(described: ObjectType, args: MultiDict[str, str], actor: Actor) -> Asked:
    """What these parameters of an address ask for; raises NotFound for a view that is not for `actor`."""
    where = filters.parse_params(described, args, actor)
    search, sort = args.get(SEARCH, "").strip(), args.get(SORT, "")
    chosen, standard = chosen_in(described, args, actor), standard_of(actor, described)
    if VIEW not in args or TRASH in args:
        chosen = replace(chosen, names=()) if chosen.names == standard else chosen
        return Asked(where, search, sort, chosen)
    view_id = parse_id(args[VIEW])
    if view_id is None:
        raise NotFound("views")
    view = queries.get(actor, view_id, described.name)
    seen = opening.opened(actor, described, view)
    filtered = any(name == "where" or name.startswith("filter[") for name in args)
    where = where if filtered else seen.where
    search = search if SEARCH in args else seen.search
    sort = sort if SORT in args else seen.sort
    chosen = chosen if COLUMNS in args else seen.columns
    is_changed = (
        (filtered and not (seen.is_whole and opening.same(where, seen.where)))
        or search != seen.search
        or (sort or described.default_sort) != (seen.sort or described.default_sort)
        or (chosen.names or standard) != (seen.columns.names or standard)
    )
    return Asked(where, search, sort, chosen, seen, filtered, is_changed)


def chosen_in(described: ObjectType, args: MultiDict[str, str], actor: Actor) -> Chosen:
    """The columns that these parameters name."""
    told = (name.strip() for each in args.getlist(COLUMNS) for name in each.split(","))
    return columns.chosen(actor, described, told)


def of_query(described: ObjectType, query: str, actor: Actor) -> Asked:
    """The same for the query of an address that a form carries along."""
    return asked(described, MultiDict(parse_qsl(query, keep_blank_values=True)), actor)


def whole(where: Where | None, search: str, sort: str, names: Sequence[str]) -> Pairs:
    """A list as the parameters of an address."""
    beside = ((SEARCH, search), (SORT, sort), (COLUMNS, ",".join(names)))
    return [*filters.to_params(where), *(pair for pair in beside if pair[1])]


def address(described: ObjectType, pairs: Sequence[tuple[str, str]]) -> str:
    """The address of the list with these parameters."""
    return f"/{described.name}" + (f"?{urlencode(pairs)}" if pairs else "")
