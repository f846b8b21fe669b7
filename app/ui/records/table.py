"""A page of records as the table component draws it."""

from collections.abc import Collection, Sequence
from uuid import UUID

from app.records.keyset import is_ordered
from app.records.reading import Count
from app.records.record import Record
from app.records.types import Beside, Field, ObjectType
from app.ui import cells
from app.ui.components import url_with
from app.ui.formats import Formats
from app.ui.records import footer, values
from app.ui.records.extras import Extra, Extras
from app.ui.records.rows import way
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

_NOTHING = Extra({})


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
    names: Sequence[str],
    sort: str,
    may_edit: bool,
    extras: Extras | None = None,
    count: Count | None = None,
    currency: str | None = None,
    selectable: bool = False,
    fixed: Collection[UUID] = (),
) -> Table:
    """The table of `rows` with the columns `names`, fields or what `extras` hold; the first is the title.

    `sort` is the order in force, `-name` for descending; `currency` is that of amounts whose row names none;
    `selectable` rows have a box to tick; those that are `fixed` are not changed here.
    """
    extras = extras or {}
    others = {each.name: each for each in described.beside}
    shown = [others.get(name) or described.by_name[name] for name in names[1:]]
    fields = [each for each in shown if isinstance(each, Field)]
    beside = [extras.get(each.name, _NOTHING) for each in shown if isinstance(each, Beside)]
    edited = [field for field in fields if may_edit and editable(field)]
    held = tuple(rows[0].values) if rows else ()
    how = way(described, shown, edited, formats, currency=currency, held=held)
    return Table(
        id=described.name,
        label=gettext(described.plural),
        columns=[
            _column(described.by_name[described.title], sort, False, pinned=True),
            *(_column(each, sort, may_edit) for each in shown),
        ],
        rows=[
            how.row(record, tuple([each.drawn.get(record.id, cells.EMPTY) for each in beside]))
            for record in rows
        ],
        footer={
            described.title: footer.shown(described, count, len(rows), formats),
            **footer.sums(described, [each.name for each in fields], rows, formats, currency),
            **{name: extra.footer for name, extra in extras.items() if extra.footer},
        },
        selectable=selectable,
        total=count.value if count and count.exact else None,
        fixed=frozenset(str(each) for each in fixed),
    )


def _column(field: Field | Beside, sort: str, may_edit: bool, *, pinned: bool = False) -> Column:
    if isinstance(field, Beside):
        return Column(field.name, gettext(field.label), field.kind)
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
