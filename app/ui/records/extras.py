"""Columns that are no fields: how customers stand, what they bought, how a delivery keeps its promise."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from markupsafe import Markup, escape

from app.core.actor import Actor
from app.domain.deliveries import rules as deliveries
from app.domain.standing.dealings import dealings
from app.records.record import Record
from app.records.types import ObjectType
from app.ui import cells
from app.ui.formats import Formats
from app.ui.records import footer
from app.ui.say import gettext, ngettext
from app.ui.standing import lists

SOON = timedelta(days=1)


@dataclass(frozen=True)
class Extra:
    """What a column that is no field shows, by record, and its cell of the footer."""

    drawn: Mapping[UUID, Markup]
    footer: Markup = cells.EMPTY


Extras = Mapping[str, Extra]


def extras(
    who: Actor, described: ObjectType, names: Collection[str], rows: Sequence[Record], write: Formats
) -> Extras:
    """The columns of `names` that are no fields of the object; one or two statements, or none."""
    wanted = {each.name for each in described.beside if each.name in names}
    found: dict[str, Extra] = {}
    if not rows or not wanted:
        return found
    if wanted & {"standing", "thread"}:
        found |= _standing(who, described.name, rows)
    if wanted & {"bought", "talked"}:
        found |= _dealings(who, rows, write)
    if "promise" in wanted:
        found["promise"] = _kept(rows, write)
    return {name: each for name, each in found.items() if name in wanted}


def _standing(who: Actor, object_name: str, rows: Sequence[Record]) -> Extras:
    drawn = lists.cells(who, object_name, rows)
    return {
        "standing": Extra(
            {row: pair[0] for row, pair in drawn.items()}, _tally([pair[0] for pair in drawn.values()])
        ),
        "thread": Extra({row: pair[1] for row, pair in drawn.items()}),
    }


def _tally(pills: Sequence[Markup]) -> Markup:
    """2 broken, 3 at risk."""
    broken = sum('class="pill broken"' in pill for pill in pills)
    risks = sum('class="pill risk"' in pill for pill in pills)
    told = [
        ngettext("%(num)s broken", "%(num)s broken", broken) if broken else "",
        ngettext("%(num)s at risk", "%(num)s at risk", risks) if risks else "",
    ]
    return escape(", ".join(part for part in told if part))


def _dealings(who: Actor, rows: Sequence[Record], write: Formats) -> Extras:
    found = dealings([row.id for row in rows], who)
    amounts = [(amount, code) for one in found.values() for code, amount in one.bought.items()]
    bought = {
        row: Markup("<br>").join(cells.money(amount, write, code) for code, amount in one.bought.items())
        for row, one in found.items()
    }
    talked = {row: cells.when(one.talked_at, write) for row, one in found.items() if one.talked_at}
    return {"bought": Extra(bought, footer.total(amounts, write)), "talked": Extra(talked)}


def _kept(rows: Sequence[Record], write: Formats) -> Extra:
    drawn = {row.id: _promise(row, write) for row in rows}
    return Extra(drawn, _tally(list(drawn.values())))


def _promise(row: Record, write: Formats) -> Markup:
    """How the delivery's promise stands: a dot where it was kept, words where it was not."""
    due, delivered = row.get("due_at"), row.get("delivered_at")
    if due is None or row.get("status") in deliveries.NOT_OWED:
        return cells.EMPTY
    if delivered:
        late = (delivered - due).days + 1
        if delivered < due:
            return cells.pill("", "kept")
        return Markup('<span class="meta">{}</span>').format(
            ngettext("%(num)s day late", "%(num)s days late", late)
        )
    if due <= write.now:
        if row.get("is_history"):
            return cells.EMPTY
        late = (write.now - due).days + 1
        return cells.pill(ngettext("%(num)s day late", "%(num)s days late", late), "broken")
    if due - write.now <= SOON and not row.get("shipped_at"):
        return cells.pill(gettext("due soon"), "risk")
    return cells.pill(gettext("planned"), "planned")
