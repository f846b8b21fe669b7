"""The table of an object: filters, search, order and pages, all of it in the address."""

from collections.abc import Sequence

from flask import render_template, request
from werkzeug.datastructures import MultiDict

from app.core.actor import Actor
from app.core.permissions import require
from app.records import filters, reading
from app.records.reading import Count, Page, Query
from app.records.types import ObjectType
from app.ui.components import url_with
from app.ui.formats import Formats
from app.ui.records import filters as words
from app.ui.records import table
from app.ui.records.table import Extra
from app.ui.say import gettext as _
from app.ui.say import midway, ngettext
from app.ui.standing import lists
from app.ui.standing.parts import Act
from app.ui.standing.words import formats
from app.ui.table import Column
from app.web.doors import actor, workspace

# Objects whose rows are customers: their standing stands beside the name.
WITH_STANDING = {"companies", "contacts"}
PAGING = {"after", "before"}


@workspace.get("/<object:described>")
def list_records(described: ObjectType) -> str:
    """A page of the table."""
    who, write = actor(), formats()
    where = filters.parse_params(described, request.args)
    search = request.args.get("q", "").strip()
    trashed = "trash" in request.args
    found = reading.page(
        who,
        described.name,
        Query(
            where=where,
            search=search or None,
            sort=request.args.get("sort"),
            cursor=request.args.get("after") or request.args.get("before"),
            fields=shown_fields(described),
            trashed=trashed,
        ),
    )
    may_write = described.permission("write") in who.permissions
    chips = words.told(filters.describe(described, where, who), request.path, request.args, write)
    return render_template(
        "web/records/table.html",
        described=described,
        table=table.build(
            described,
            found.rows,
            write,
            sort=found.sort,
            may_edit=may_write and not trashed,
            extras=_standing(who, described, found),
            total=found.count.value if found.count and found.count.exact else None,
        ),
        told_count=count_in_words(found.count, write),
        next=url_with(after=found.next_cursor, before=None) if found.next_cursor else None,
        previous=url_with(before=found.previous_cursor, after=None) if found.previous_cursor else None,
        search=search,
        chips=chips,
        trash=trashed,
        filters_url=_filters_url(described),
        carried=_kept(request.args, PAGING | {"q"}),
        may_write=may_write,
        may_import=may_write and "imports:run" in who.permissions,
        clear_act=Act(_("Show all"), f"/{described.name}", "x"),
        **_beginning(described, may_write),
    )


@workspace.get("/<object:described>/filters")
def offer_filters(described: ObjectType) -> str:
    """The form that adds a condition to the list whose query this address carries."""
    require(actor(), described.permission("read"))
    return render_template(
        "web/records/filters.html",
        described=described,
        fields=words.offered(described, formats()),
        kept=_kept(request.args, PAGING),
    )


def _filters_url(described: ObjectType) -> str:
    query = request.query_string.decode("ascii", "replace")
    return f"/{described.name}/filters" + (f"?{query}" if query else "")


def shown_fields(described: ObjectType) -> Sequence[str]:
    """What a table of the object needs: its columns, and the currencies of its amounts."""
    names = [described.title, *described.in_table]
    currencies = [described.by_name[name].currency for name in names if described.by_name[name].currency]
    return list(dict.fromkeys([*names, *(each for each in currencies if each)]))


def count_in_words(count: Count | None, write: Formats) -> str:
    """How many there are, honest where nobody counted to the end."""
    if count is None:
        return ""
    figure = write.number(count.value)
    if not count.exact:
        return f"{figure}+"
    return ngettext("%(figure)s row", "%(figure)s rows", count.value, figure=figure)


def _standing(who: Actor, described: ObjectType, found: Page) -> Sequence[Extra]:
    if described.name not in WITH_STANDING or not found.rows:
        return ()
    drawn = lists.cells(who, described.name, found.rows)
    return (
        (Column("standing", _("Standing")), {row: pair[0] for row, pair in drawn.items()}),
        (Column("thread", _("Last 90 days")), {row: pair[1] for row, pair in drawn.items()}),
    )


def _kept(args: MultiDict[str, str], without: set[str]) -> dict[str, str]:
    return {name: value for name, value in args.items() if name not in without}


def _beginning(described: ObjectType, may_write: bool) -> dict[str, object]:
    """What an empty table says: why it is empty and what comes first."""
    objects = midway(_(described.plural))
    if not may_write:
        return {"empty_why": _("Nobody has added any."), "first_act": None, "import_act": None}
    return {
        "empty_why": _("Add the first one, or bring your own from a file."),
        "first_act": Act(
            _("New %(object)s", object=midway(_(described.singular))), f"/{described.name}/new", "plus"
        ),
        "import_act": Act(
            _("Import %(objects)s", objects=objects), f"/imports/new?object={described.name}", "upload"
        ),
    }
