"""A table of records for the component of the same name; rows are joined in Python because there are many."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from markupsafe import Markup

from app.ui.escaping import escape
from app.ui.say import gettext

NUMERIC = {"number", "money", "percent"}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its field and kind, and how its head behaves; the first column of a table is pinned."""

    key: str
    label: str
    kind: str = "text"
    sort_href: str | None = None
    sorted: Literal["", "ascending", "descending"] = ""
    editable: bool = False
    pinned: bool = False

    @property
    def classes(self) -> str:
        """The classes of its cells."""
        return " ".join(name for name, yes in (("num", self.kind in NUMERIC), ("pin", self.pinned)) if yes)


@dataclass(frozen=True, slots=True)
class Row:
    """One record: id, name, address, its cells as HTML in the order of the columns, raw values to edit."""

    id: str
    name: str
    href: str
    cells: Sequence[Markup]
    raw: Mapping[str, str] = field(default_factory=dict)
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """What the macro data_table draws; `footer` maps keys to HTML, `total` counts all rows if known."""

    id: str
    label: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    footer: Mapping[str, Markup | str] = field(default_factory=dict)
    selectable: bool = True
    total: int | None = None

    def body(self) -> Markup:
        """All rows as HTML: the first cell heads the row, editable cells carry what an input would hold."""
        classes = [f' class="{column.classes}"' if column.classes else "" for column in self.columns]
        editable = [column.key if column.editable else None for column in self.columns]
        pick = escape(gettext("Select %(name)s", name="\0")) if self.selectable else ""
        return Markup("".join([self._row(row, classes, editable, pick) for row in self.rows]))

    def _row(self, row: Row, classes: list[str], editable: list[str | None], pick: str) -> str:
        version = "" if row.version is None else f' data-version="{row.version}"'
        key, href = escape(row.id), escape(row.href)
        parts = [f'<tr id="row-{key}" data-id="{key}" data-href="{href}"{version}>']
        if pick:
            box = pick.replace("\0", escape(row.name))
            parts.append(f'<td class="pick"><label><input type="checkbox" aria-label="{box}"></label></td>')
        for place, (content, looks, field_key) in enumerate(zip(row.cells, classes, editable, strict=True)):
            if place == 0:
                parts.append(f'<th scope="row" tabindex="-1"{looks}>{content}</th>')
            elif field_key is None:
                parts.append(f'<td tabindex="-1"{looks}>{content}</td>')
            else:
                raw = escape(row.raw.get(field_key, ""))
                parts.append(
                    f'<td tabindex="-1"{looks} data-edit="{field_key}" data-raw="{raw}">{content}</td>'
                )
        parts.append("</tr>")
        return "".join(parts)
