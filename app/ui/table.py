"""A table of records for the component of the same name; rows are joined in Python because there are many."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
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
class Look:
    """How a table draws each of its rows: attributes and editable fields by column, the label of its box."""

    classes: tuple[str, ...]
    editable: tuple[str | None, ...]
    pick: str


@dataclass(frozen=True, slots=True)
class Row:
    """One record: id, name, address, its cells as HTML in the order of the columns, raw values to edit.

    A row that is shown again, as most of a list are, is drawn once for each look.
    """

    id: str
    name: str
    href: str
    cells: Sequence[Markup]
    raw: Mapping[str, str] = field(default_factory=dict)
    version: int | None = None
    _drawn: dict[Look, str] = field(default_factory=dict, init=False, compare=False, repr=False)

    def drawn(self, look: Look) -> str:
        """The row as HTML: the first cell heads it, editable cells carry what an input would hold."""
        known = self._drawn.get(look)
        if known is None:
            known = self._drawn[look] = self._draw(look)
        return known

    def _draw(self, look: Look) -> str:
        version = "" if self.version is None else f' data-version="{self.version}"'
        key, href = escape(self.id), escape(self.href)
        parts = [f'<tr id="row-{key}" data-id="{key}" data-href="{href}"{version}>']
        if look.pick:
            box = look.pick.replace("\0", escape(self.name))
            parts.append(f'<td class="pick"><label><input type="checkbox" aria-label="{box}"></label></td>')
        for place, (content, looks, field_key) in enumerate(
            zip(self.cells, look.classes, look.editable, strict=True)
        ):
            if place == 0:
                parts.append(f'<th scope="row" tabindex="-1"{looks}>{content}</th>')
            elif field_key is None:
                parts.append(f'<td tabindex="-1"{looks}>{content}</td>')
            else:
                raw = escape(self.raw.get(field_key, ""))
                parts.append(
                    f'<td tabindex="-1"{looks} data-edit="{field_key}" data-raw="{raw}">{content}</td>'
                )
        return "".join([*parts, "</tr>"])


@dataclass(frozen=True, slots=True)
class Table:
    """What the macro data_table draws; `footer` maps keys to HTML, `total` counts all rows if known.

    Of rows whose ids are `fixed` no cell is edited.
    """

    id: str
    label: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    footer: Mapping[str, Markup | str] = field(default_factory=dict)
    selectable: bool = True
    total: int | None = None
    fixed: frozenset[str] = frozenset()

    def body(self) -> Markup:
        """All rows as HTML."""
        look = Look(
            tuple([f' class="{column.classes}"' if column.classes else "" for column in self.columns]),
            tuple([column.key if column.editable else None for column in self.columns]),
            escape(gettext("Select %(name)s", name="\0")) if self.selectable else "",
        )
        if not self.fixed:
            return Markup("".join([row.drawn(look) for row in self.rows]))
        still = replace(look, editable=(None,) * len(self.columns))
        rows = [row.drawn(still if row.id in self.fixed else look) for row in self.rows]
        return Markup("".join(rows))
