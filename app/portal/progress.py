"""How far an order and its deliveries are, as a customer reads it: four steps, and a word for lists."""

from dataclasses import dataclass
from typing import Literal

from app.core.clock import now
from app.domain.calendar import queries as calendars
from app.domain.standing.rules.events import Promise, state, when
from app.records.record import Record
from app.ui.formats import Formats
from app.ui.say import gettext, opening
from app.ui.shapes import State
from app.ui.standing import words

Kind = Literal["done", "broken", "risk", "ahead"]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a delivery; `kind` is its look."""

    label: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Delivery:
    """One delivery with its state in a word and its steps."""

    record: Record
    state: State
    word: str
    steps: tuple[Step, ...]

    @property
    def is_open(self) -> bool:
        """Whether the customer still waits for it."""
        return self.state in {"broken", "risk", "planned"}


def delivery(order: Record | None, record: Record, write: Formats) -> Delivery:
    """The delivery of an order, in the customer's words."""
    if record["status"] in {"cancelled", "returned"}:
        word = gettext("Cancelled") if record["status"] == "cancelled" else gettext("Returned")
        return Delivery(record, "event", word, ())
    found = _state(record)
    return Delivery(record, found, _word(record, found, write), _steps(order, record, found, write))


def order_word(order: Record, deliveries: list[Delivery]) -> tuple[State, str]:
    """The state of an order in a list: that of its worst delivery, else its own status."""
    rank = {"broken": 0, "risk": 1, "planned": 2, "event": 3, "kept": 4}
    for each in sorted(deliveries, key=lambda one: rank[one.state]):
        return each.state, each.word
    labels = {
        "placed": gettext("Ordered"),
        "confirmed": gettext("Confirmed"),
        "shipped": gettext("On its way"),
        "delivered": gettext("Delivered"),
        "cancelled": gettext("Cancelled"),
        "returned": gettext("Returned"),
    }
    return ("kept" if order["status"] == "delivered" else "event"), labels.get(order["status"], "")


def _state(record: Record) -> State:
    if record["delivered_at"] is not None:
        return "kept"
    if record["promised_on"] is None or record["due_at"] is None:
        return "event"
    found = state(_promise(record), now(), calendars.current())
    told: dict[str, State] = {"broken": "broken", "risk": "risk", "planned": "planned"}
    return told.get(found, "event")


def _promise(record: Record) -> Promise:
    return Promise(
        record.id,
        "deliveries",
        "",
        record["due_at"],
        record["promised_on"],
        record["delivered_at"],
        record["shipped_at"],
        bool(record["is_history"]),
    )


def _word(record: Record, found: State, write: Formats) -> str:
    calendar = calendars.current()
    if record["delivered_at"] is not None:
        day = write.day(calendar.day_of(record["delivered_at"]))
        return gettext("Delivered %(day)s", day=day)
    if found == "event":
        return gettext("On its way") if record["shipped_at"] else gettext("In preparation")
    moment = when(record["due_at"], now(), calendar, record["promised_on"])
    return (
        words.late(moment)
        if found == "broken"
        else opening(gettext("due %(when)s", when=words.due(moment, write)))
    )


def _steps(order: Record | None, record: Record, found: State, write: Formats) -> tuple[Step, ...]:
    calendar = calendars.current()
    is_here, left = record["delivered_at"] is not None, record["shipped_at"] is not None
    placed = order["placed_at"] if order else None
    ordered = (
        gettext("Ordered")
        if placed is None
        else gettext("Ordered %(day)s", day=write.day(calendar.day_of(placed)))
    )
    shipped = (
        gettext("Shipped %(day)s", day=write.day(calendar.day_of(record["shipped_at"])))
        if left
        else gettext("Shipped")
    )
    promised_on = record["promised_on"]
    promised = gettext("Promised %(day)s", day=write.day(promised_on)) if promised_on else gettext("Promised")
    here = (
        gettext("Delivered %(day)s", day=write.day(calendar.day_of(record["delivered_at"])))
        if is_here
        else gettext("Delivered")
    )
    return (
        Step(ordered, "done"),
        Step(shipped, "done" if left or is_here else "ahead"),
        Step(promised, _promised_kind(record, found)),
        Step(here, "done" if is_here else "ahead"),
    )


def _promised_kind(record: Record, found: State) -> Kind:
    if found in {"broken", "risk"}:
        return "broken" if found == "broken" else "risk"
    delivered_at, due_at = record["delivered_at"], record["due_at"]
    if delivered_at is None:
        return "ahead"
    return "broken" if due_at is not None and delivered_at >= due_at else "done"
