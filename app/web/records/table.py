"""The table of an object: filters, search, order and pages, all of it in the address."""

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode

from flask import make_response, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.core.actor import Actor
from app.core.errors import Invalid
from app.core.grants import Verb
from app.core.permissions import require
from app.domain.bulk import rules
from app.domain.duplicates.objects import is_compared
from app.domain.purging.actions import PERMISSION as PURGE
from app.records import filters, patience, reading, scope
from app.records.columns import needed
from app.records.reading import Count, Page, Query
from app.records.types import ObjectType
from app.ui.components import url_with
from app.ui.records import choosing, columns, footer, table
from app.ui.records import filters as words
from app.ui.records import views as saved
from app.ui.records.building import builder
from app.ui.records.extras import extras
from app.ui.records.slow import TooSlow, too_slow
from app.ui.say import gettext as _
from app.ui.say import midway
from app.ui.standing.parts import Act
from app.ui.standing.words import formats
from app.web.doors import actor, workspace
from app.web.records import switching
from app.web.records.asked import COLUMNS, SEARCH, SORT, Asked, address, asked
from app.web.records.standard import has_own, standard_of

# `of` carries the count of the first page along: who pages on has seen it.
PAGING = {"after", "before", "of"}
MORE = "+"
# The filter of a view is taken away by an empty one on top of it.
NO_FILTER = "where="
Pairs = list[tuple[str, str]]
# What is done to records outside the trash.
LIVE: Mapping[str, Verb] = {"edit": "update", "assign": "update", "delete": "delete", "export": "export"}


@workspace.get("/<object:described>")
def list_records(described: ObjectType) -> Response:
    """A page of the table."""
    who, write = actor(), formats()
    wish = asked(described, request.args, who)
    where, search = wish.where, wish.search
    names = wish.columns.names or standard_of(who, described)
    trashed = "trash" in request.args
    known = _known_count()
    wanted = Query(
        where=where,
        search=search or None,
        sort=wish.sort or None,
        cursor=request.args.get("after") or request.args.get("before"),
        fields=needed(described, names),
        trashed=trashed,
        count=known is None,
        forgiving=True,
    )
    found, slow = (_nothing(described, wanted), None) if wish.is_lost else _found(who, described, wanted)
    count = known or found.count
    may_write = scope.may(who, described, "create")
    may_import = may_write and "imports:run" in who.permissions
    may_edit = scope.may(who, described, "update") and not trashed
    may_bulk = _bulk_actions(described, trashed=trashed)
    kept = _beside_filters(request.args, PAGING)
    described_chips = [] if wish.is_lost else filters.describe(described, where, who)
    none = NO_FILTER if wish.opened else ""
    chips = words.told(described_chips, where, request.path, kept, write, none=none)
    html = render_template(
        "web/records/table.html",
        described=described,
        slow=slow,
        table=table.build(
            described,
            found.rows,
            write,
            names=names,
            sort=found.sort,
            may_edit=may_edit,
            fixed=scope.beyond(who, described, "update", [row.id for row in found.rows]) if may_edit else (),
            extras=extras(who, described, names, found.rows, write),
            count=count,
            selectable=bool(may_bulk),
        ),
        bulk=tuple(may_bulk),
        all_words=_all_words(count, found.next_cursor or found.previous_cursor),
        list_query=_list_query(wish, kept, found.meant),
        told_count=footer.counted(described, count, write),
        next=_paged(count, "after", found.next_cursor),
        previous=_paged(count, "before", found.previous_cursor),
        search=search,
        meant=found.meant,
        chips=chips,
        trash=trashed,
        may_purge=trashed and PURGE in who.permissions and scope.may(who, described, "delete"),
        filters_url=_beside(described, "filters"),
        columns_url=_beside(described, "columns"),
        columns_told=columns.counted(len(names)),
        carried=tuple(_kept(request.args, PAGING | {"q"})),
        views=None if trashed else switching.shown(described, wish, request.args, who),
        lost=saved.lost(wish.opened) if wish.is_lost else (),
        notes=[*saved.wrong(wish.opened, described_chips), *columns.notes(wish.columns)],
        may_write=may_write,
        has_duplicates=may_edit and scope.may(who, described, "delete") and is_compared(described),
        may_import=may_import,
        clear_act=Act(_("Show all"), f"/{described.name}", "x"),
        **_beginning(described, may_write, may_import),
    )
    return make_response(html, 422 if slow else 200)


def _found(who: Actor, described: ObjectType, wanted: Query) -> tuple[Page, TooSlow | None]:
    """The page; where it takes too long an empty one, with what to say."""
    try:
        return reading.page(who, described.name, wanted), None
    except Invalid as refused:
        if not patience.too_slow(refused):
            raise
        return _nothing(described, wanted), too_slow(who, described, refused)


def _nothing(described: ObjectType, wanted: Query) -> Page:
    return Page([], None, None, None, wanted.sort or described.default_sort)


def _list_query(wish: Asked, kept: Pairs, meant: str | None) -> str:
    """The list as the query of an address, which a view that is changed meanwhile makes no other.

    Where a slip was forgiven it asks for what was meant, so that what is done to all is done to what is seen.
    """
    if meant:
        wish = replace(wish, search=meant)
    elif wish.opened is None:
        return request.query_string.decode("ascii", "replace")
    beside = [(name, value) for name, value in kept if name not in (SEARCH, SORT, COLUMNS)]
    names = [] if wish.columns.names else [(COLUMNS, "")]
    told = urlencode([*beside, *wish.pairs(), *names])
    return told if wish.where else f"{told}&{NO_FILTER}"


def _bulk_actions(described: ObjectType, *, trashed: bool) -> list[str]:
    """What may be done here with many records at once."""
    who = actor()
    if trashed:
        if not scope.may(who, described, "delete"):
            return []
        return ["restore", *(["purge"] if PURGE in who.permissions else [])]
    found = [action for action, verb in LIVE.items() if scope.may(who, described, verb)]
    return found if rules.OWNER in described.by_name else [each for each in found if each != "assign"]


def _all_words(count: Count | None, more: str | None) -> tuple[str, str]:
    """How the button is called that selects the whole list, and what is said then; empty for one page."""
    if more is None or count is None:
        return "", ""
    write = formats()
    number = write.number(count.value) + ("" if count.exact else MORE)
    return _("Select all %(count)s", count=number), _("All %(count)s selected", count=number)


def _known_count() -> Count | None:
    """The count that the address carries from the page before."""
    figure = request.args.get("of", "")
    if not {"after", "before"} & set(request.args) or not figure.removesuffix(MORE).isdecimal():
        return None
    return Count(int(figure.removesuffix(MORE)[:9]), not figure.endswith(MORE))


def _paged(count: Count | None, direction: str, cursor: str | None) -> str | None:
    """The address of the page at `cursor`."""
    if cursor is None:
        return None
    of = None if count is None else f"{count.value}{'' if count.exact else MORE}"
    return url_with(**{"after": None, "before": None, direction: cursor, "of": of})


@workspace.get("/<object:described>/filters")
def offer_filters(described: ObjectType) -> str:
    """The builder with the filter of the list whose query this address carries."""
    who = actor()
    require(who, described.permission("read"))
    wish = asked(described, request.args, who)
    return render_template(
        "web/records/filters.html",
        described=described,
        builder=builder(who, described, wish.where, formats()),
        kept=_beside_filters(request.args, PAGING) + ([("where", "")] if wish.opened else []),
    )


@workspace.get("/<object:described>/columns")
def offer_columns(described: ObjectType) -> str:
    """What may be a column of the list whose query this address carries."""
    who = actor()
    require(who, described.permission("read"))
    return render_template(
        "web/records/columns.html",
        described=described,
        choosing=choosing.choosing(
            who, described, asked(described, request.args, who).columns.names, standard_of(who, described)
        ),
        kept=_kept(request.args, {COLUMNS}),
        keep=_own_standard(described),
    )


def _own_standard(described: ObjectType) -> Mapping[str, object] | None:
    """Where one keeps one's own standard columns; nowhere for who only visits."""
    if actor().member_id is None:
        return None
    return {
        "action": f"/{described.name}/columns",
        "next": address(described, _kept(request.args, {COLUMNS, *PAGING})),
        "has_own": has_own(described),
    }


def _beside(described: ObjectType, what: str) -> str:
    """The address of what is fetched for this list as it is opened."""
    query = request.query_string.decode("ascii", "replace")
    return f"/{described.name}/{what}" + (f"?{query}" if query else "")


def _kept(args: MultiDict[str, str], without: set[str]) -> Pairs:
    return [(name, value) for name, value in args.items(multi=True) if name not in without]


def _beside_filters(args: MultiDict[str, str], without: set[str]) -> Pairs:
    """What the address carries but for the filter, which the builder writes anew."""
    kept = _kept(args, without | {"where"})
    return [(name, value) for name, value in kept if not name.startswith("filter[")]


def _beginning(described: ObjectType, may_write: bool, may_import: bool) -> dict[str, object]:
    """What an empty table says: why it is empty and what comes first."""
    objects = midway(_(described.plural))
    if not may_write:
        return {"empty_why": _("Nobody has added any."), "first_act": None, "import_act": None}
    why = _("Add the first one, or bring your own from a file.") if may_import else _("Add the first one.")
    new = _("New %(object)s", object=midway(_(described.singular)))
    bring = Act(_("Import %(objects)s", objects=objects), f"/imports/new?object={described.name}", "upload")
    return {
        "empty_why": why,
        "first_act": Act(new, f"/{described.name}/new", "plus"),
        "import_act": bring if may_import else None,
    }
