"""A page of records as the table component draws it."""

from collections.abc import Collection, Sequence
from uuid import UUID

from app.records.keyset import is_ordered
from app.records.reading import Count
from app.records.record import Record
from app.records.types import Field, ObjectType
from app.ui import cells
from app.ui.components import url_with
from app.ui.formats import Formats
from app.ui.records import columns as chosen
from app.ui.records import footer, values
from app.ui.records.extras import Extra
from app.ui.records.rows import Cells, way
from app.ui.say import gettext
from app.ui.table import Column, Table

# How the component's inputs are called for kinds that the engine tells apart.
INPUT_KINDS = {
    "integer": "number",
    "percent": "number",
    "domain": "text",
    "currency": "text",
    "country": "choice",
}
EDITABLE = {
    *("text", "longtext", "email", "phone", "url", "domain", "number", "integer", "money", "percent"),
    *("date", "datetime", "boolean", "choice", "choices", "relation", "relations", "member"),
    *("country", "currency"),
}


def input_kind(field: Field) -> str:
    """The kind of input that edits `field`."""
    return INPUT_KINDS.get(field.kind, field.kind)


def editable(field: Field) -> bool:
    """Whether people may change `field` in its place."""
    return field.kind in EDITABLE and not field.readonly and not field.generated


def in_place(field: Field) -> bool:
    """Whether people may change `field` in its place on the record's page, which has more room."""
    listed = (field.kind in values.LISTS or field.kind == "files") and not field.readonly
    return listed or editable(field)


def build(
    described: ObjectType,
    rows: Sequence[Record],
    formats: Formats,
    *,
    sort: str,
    may_edit: bool,
    extras: Sequence[Extra] = (),
    hidden: frozenset[str] = frozenset(),
    count: Count | None = None,
    currency: str | None = None,
    selectable: bool = False,
    fixed: Collection[UUID] = (),
) -> Table:
    """The table of `rows`: the title, then `extras`, the fields that stand in tables, and the last `extras`.

    `sort` is the order in force, `-name` for descending. `hidden` leaves columns out, as the relation that a
    related list is already for; `currency` is that of amounts whose row names none; `selectable` rows have
    a box to tick; those that are `fixed` are not changed here.
    """
    names = [name for name in chosen.shown(described) if name not in hidden]
    fields = [described.by_name[name] for name in names]
    before = [extra for extra in extras if not extra.is_last]
    behind = [extra for extra in extras if extra.is_last]
    head = described.by_name[described.title]
    columns = [
        _column(head, sort, False, pinned=True),
        *(extra.column for extra in before),
        *(_column(field, sort, may_edit) for field in fields),
        *(extra.column for extra in behind),
    ]
    edited = [field for field in fields if may_edit and editable(field)]
    held = tuple(rows[0].values) if rows else ()
    how = way(described, fields, edited, formats, currency=currency, held=held)
    return Table(
        id=described.name,
        label=gettext(described.plural),
        columns=columns,
        rows=[how.row(record, _beside(before, record), _beside(behind, record)) for record in rows],
        footer={
            described.title: footer.shown(described, count, len(rows), formats),
            **footer.sums(described, names, rows, formats, currency),
            **{extra.column.key: extra.footer for extra in extras if extra.footer},
        },
        selectable=selectable,
        total=count.value if count and count.exact else None,
        fixed=frozenset(str(each) for each in fixed),
    )


def _column(field: Field, sort: str, may_edit: bool, *, pinned: bool = False) -> Column:
    ascending = sort == field.name
    descending = sort == f"-{field.name}"
    turned = f"-{field.name}" if ascending else field.name
    return Column(
        key=field.name,
        label=gettext(field.label),
        kind=input_kind(field),
        sort_href=url_with(sort=turned, after=None, before=None)
        if field.sortable or is_ordered(field)
        else None,
        sorted="ascending" if ascending else "descending" if descending else "",
        editable=may_edit and editable(field) and not pinned,
        pinned=pinned,
    )


def _beside(extras: Sequence[Extra], record: Record) -> Cells:
    return tuple([extra.drawn.get(record.id, cells.EMPTY) for extra in extras])
