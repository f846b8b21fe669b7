"""The standing of many customers in the cells of a table."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from markupsafe import Markup

from app.core.actor import Actor
from app.core.clock import now
from app.core.permissions import require
from app.domain.standing.lists import By, Summary, summaries
from app.domain.standing.rules.events import When
from app.records.record import Record
from app.ui import cells as draw
from app.ui.formats import Formats
from app.ui.say import gettext
from app.ui.shapes import State
from app.ui.standing import words
from app.ui.thread import Mark
from app.ui.thread_svg import mini

_CODES: dict[str, State] = {"k": "kept", "b": "broken", "r": "risk", "p": "planned", "e": "event"}

Cells = tuple[Markup, Markup]


def cells(actor: Actor, object_name: str, rows: Iterable[Record]) -> dict[UUID, Cells]:
    """For each row the pill and the narrow thread of its customer, from one statement.

    Rows are companies, contacts, or records with a `company_id`; those without a customer are left out.
    """
    require(actor, f"{object_name}:read")
    by, customers = _customers(object_name, rows)
    known = summaries(by, set(customers.values()), actor)
    write = words.formats()
    empty = Markup(""), mini((), write.today)
    drawn = {one: _cells(summary, write) for one, summary in known.items()}
    return {row: drawn.get(customer, empty) for row, customer in customers.items()}


def _customers(object_name: str, rows: Iterable[Record]) -> tuple[By, dict[UUID, UUID]]:
    """By which column the standing of these rows is found, and each row's customer."""
    if object_name == "contacts":
        return "contact_id", {row.id: row.id for row in rows}
    if object_name == "companies":
        return "company_id", {row.id: row.id for row in rows}
    return "company_id", {row.id: row["company_id"] for row in rows if row.get("company_id")}


def summary_pill(known: Summary, write: Formats) -> Markup:
    """What is wrong or due in two words; kept is a dot without words."""
    broken = known.late + known.incidents
    if broken > 1 and known.incidents:
        return draw.pill(gettext("%(count)s open", count=broken), "broken")
    if known.late:
        return draw.pill(gettext("%(count)s late", count=known.late), "broken")
    if known.kind:
        return draw.pill(words.incident_short(known.kind), "broken")
    if known.risks:
        soon = When(known.risk_in or 0, 0, now())
        return draw.pill(gettext("due %(when)s", when=words.due(soon, write)), "risk")
    return draw.pill("", "kept") if "k" in known.codes or "b" in known.codes else Markup("")


def _cells(known: Summary, write: Formats) -> Cells:
    today = write.today
    marks = [
        Mark(today + timedelta(days), _CODES[code], "")
        for days, code in zip(known.days, known.codes, strict=True)
        if days <= 0 or code in "rp"
    ]
    return summary_pill(known, write), mini(marks, today)
