"""The samples' trade: orders with lines and deliveries over twelve months, and what went wrong."""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Literal

from app.domain.calendar.rules import Calendar
from app.domain.demo.vocabulary import CARRIERS, CAUSES, COMPANIES, PRODUCTS, REMEDIES

Values = dict[str, Any]
Ending = Literal["kept", "kept_late", "late", "risk", "planned"]
# Usual days between two orders of the first customers; the others get theirs by chance.
_RHYTHMS = {0: 8, 1: 14, 2: 9, 3: 16, 4: 21, 5: 18}
_SILENT, _SILENT_DAYS = 2, 31
_FIRST_NUMBER = 10200


@dataclass
class Order:
    """One order of the company at `company`, with its lines and its delivery."""

    company: int
    values: Values
    lines: list[Values]
    delivery: Values
    ending: Ending
    incidents: list[Values] = field(default_factory=list)


def orders(chance: random.Random, calendar: Calendar, now: datetime) -> list[Order]:
    """About four hundred orders, numbered in the order in which they were placed."""
    today = calendar.day_of(now)
    placed = sorted((day, place) for place in range(len(COMPANIES)) for day in _days(chance, place, today))
    found = [_order(chance, place, day, calendar, today) for day, place in placed]
    _tell_stories(found, calendar, today)
    for number, order in enumerate(found, _FIRST_NUMBER):
        order.values["number"] = str(number)
    return found


def _days(chance: random.Random, place: int, today: date) -> list[date]:
    rhythm = _RHYTHMS.get(place) or chance.randint(32, 75)
    last = _SILENT_DAYS if place == _SILENT else chance.randint(8, 8 + rhythm // 2)
    found, back = [], last
    while back < 365:
        found.append(today - timedelta(days=back))
        back += rhythm if place == _SILENT else max(3, round(rhythm * chance.uniform(0.7, 1.3)))
    return found


def _order(chance: random.Random, place: int, day: date, calendar: Calendar, today: date) -> Order:
    placed_at = _at(calendar, day, 8 + chance.randint(0, 8), chance.randint(0, 59))
    promised = calendar.after(day, chance.randint(5, 8))
    ending: Ending = "planned" if promised >= today else chance.choices(("kept", "kept_late"), (93, 7))[0]
    order = Order(place, {"placed_at": placed_at, "currency": "EUR"}, _lines(chance), {}, ending)
    _deliver(chance, order, promised, calendar, today)
    if ending != "planned" and chance.random() < 0.03:
        order.incidents.append(_mended(chance, order, calendar, today))
    return order


def _lines(chance: random.Random) -> list[Values]:
    chosen = chance.sample(range(len(PRODUCTS)), chance.choice((1, 2, 2, 3, 4)))
    return [
        {
            "product": product,
            "quantity": chance.choice((1, 1, 2, 4, 6, 10, 12)),
            "discount": chance.choice(("0", "0", "0", "0.05", "0.1")),
        }
        for product in chosen
    ]


def _deliver(chance: random.Random, order: Order, promised: date, calendar: Calendar, today: date) -> None:
    delivery: Values = {"promised_on": promised, "carrier": chance.choice(CARRIERS)}
    if order.ending in {"kept", "kept_late"}:
        late = chance.randint(1, 4) if order.ending == "kept_late" else -chance.choice((0, 0, 1, 1, 2))
        arrived = min(promised + timedelta(days=late), today - timedelta(days=1))
        delivery["delivered_at"] = _at(calendar, arrived, 9 + chance.randint(0, 6), 30)
        delivery["shipped_at"] = _at(calendar, arrived - timedelta(days=2), 15, 10)
        order.values["status"] = "delivered"
    elif promised <= calendar.after(today, 2):
        delivery["shipped_at"] = _at(calendar, min(promised, today) - timedelta(days=1), 15, 10)
        delivery["tracking"] = f"JD{chance.randint(10**9, 10**10 - 1)}"
        order.values["status"] = "shipped"
    else:
        order.values["status"] = "confirmed"
    order.delivery = delivery


def _mended(chance: random.Random, order: Order, calendar: Calendar, today: date) -> Values:
    opened = min(order.delivery["delivered_at"] + timedelta(days=1), _at(calendar, today, 0, 0))
    return {
        "kind": chance.choice(("wrong_item", "damage", "quality", "billing")),
        "severity": chance.choice((1, 2, 2, 3)),
        "cause": chance.choice(CAUSES),
        "remedy": chance.choice(REMEDIES),
        "cost": str(chance.choice((25, 60, 140))),
        "currency": "EUR",
        "opened_at": opened,
        "resolved_at": opened + timedelta(hours=chance.randint(6, 60)),
    }


def _tell_stories(found: list[Order], calendar: Calendar, today: date) -> None:
    """What a visitor is to see at once: delays, a wrong item, a delivery that must leave today."""
    hartmann, bruckner, quaylink, cordes = (_latest(found, place) for place in (0, 1, 3, 4))
    _owe(hartmann[-1], today - timedelta(days=2), "late")
    _owe(bruckner[-1], today - timedelta(days=1), "late")
    _owe(bruckner[-2], today - timedelta(days=4), "late")
    _owe(quaylink[-1], calendar.after(today, 1), "risk")
    opened = _at(calendar, today - timedelta(days=3), 10, 20)
    hartmann[-2].incidents = [
        _open("wrong_item", 3, opened, "Picking error")
        | {"remedy": "Seal kits A by express", "remedy_due_on": calendar.after(today, 1)}
    ]
    cordes[-1].incidents = [_open("quality", 2, opened - timedelta(days=4), "Seal leaks at 8 bar")]


def _latest(found: list[Order], place: int) -> list[Order]:
    return [order for order in found if order.company == place]


def _owe(order: Order, promised: date, ending: Ending) -> None:
    order.ending = ending
    order.delivery = {"promised_on": promised, "carrier": order.delivery["carrier"]}
    order.incidents = []
    order.values["status"] = "confirmed"


def _open(kind: str, severity: int, opened_at: datetime, cause: str) -> Values:
    return {"kind": kind, "severity": severity, "opened_at": opened_at, "cause": cause}


def _at(calendar: Calendar, day: date, hour: int, minute: int) -> datetime:
    return datetime.combine(day, time(hour, minute), calendar.zone)
