"""A customer's orders: the list, and one order with its lines, deliveries, troubles, files and talk."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import render_template, request
from werkzeug.wrappers import Response

from app.core.actor import Actor
from app.domain.calendar import queries as calendars
from app.domain.files import queries as files
from app.domain.messages import queries as talks
from app.portal import progress, words
from app.portal.doors import actor, portal
from app.portal.progress import Delivery
from app.records import reading
from app.records.filters import Condition
from app.records.reading import Query
from app.records.record import Record
from app.ui import files as file_words
from app.ui.components import url_with
from app.ui.formats import Formats
from app.ui.http import see_other
from app.ui.shapes import State
from app.ui.standing.words import formats

A_PAGE = 20
MOST = 200
ORDER = ("number", "placed_at", "status", "total", "currency", "company_id")
DELIVERY = tuple(
    "number order_id status promised_on due_at shipped_at delivered_at carrier tracking is_history".split()
)
LINE = ("order_id", "product_id", "description", "quantity", "unit_price", "discount", "amount", "position")


@dataclass(frozen=True, slots=True)
class Row:
    """An order in a list: what is in it, how it stands."""

    record: Record
    headline: str
    placed: str
    state: State
    word: str
    total: str


@portal.get("/orders")
def list_orders() -> str:
    """All orders, the latest first; `?q=` finds by number."""
    cursor = request.args.get("after") or request.args.get("before")
    wanted = Query(sort="-placed_at", cursor=cursor, limit=A_PAGE, fields=ORDER, search=request.args.get("q"))
    page = reading.page(actor(), "orders", wanted)
    return render_template(
        "portal/orders/list.html",
        rows=rows(actor(), page.rows, formats()),
        query=request.args.get("q", ""),
        next=url_with(after=page.next_cursor, before=None) if page.next_cursor else None,
        previous=url_with(before=page.previous_cursor, after=None) if page.previous_cursor else None,
    )


@portal.get("/orders/<uuid:order_id>")
def show_order(order_id: UUID) -> str:
    """One order with everything that belongs to it."""
    who, write = actor(), formats()
    order = reading.fetch(who, "orders", order_id)
    return render_template(
        "portal/orders/page.html",
        **told(who, order, write),
        solved=[
            (words.incident_name(each), each) for each in _incidents(who, order_id) if each["resolved_at"]
        ],
        files=file_words.shown(files.of_record(who, "orders", order_id), write),
        talks=talks.of_record(who, "orders", order_id),
        write=write,
    )


@portal.get("/deliveries/<uuid:delivery_id>")
def show_delivery(delivery_id: UUID) -> str | Response:
    """A delivery stands on its order's page; one of no order has a page of its own."""
    record = reading.fetch(actor(), "deliveries", delivery_id)
    if record["order_id"] is not None:
        return see_other(f"/orders/{record['order_id']}#delivery-{record.id}")
    return render_template("portal/orders/delivery.html", delivery=progress.delivery(None, record, formats()))


def told(who: Actor, order: Record, write: Formats) -> dict[str, Any]:
    """An order as its page and a letter's page show it: what, when, what is wrong."""
    deliveries = [progress.delivery(order, each, write) for each in _deliveries(who, [order.id])[order.id]]
    lines = _lines(who, [order.id])[order.id]
    return {
        "order": order,
        "headline": headline(lines, write),
        "placed": _day(order, write),
        "deliveries": deliveries,
        "lines": [_line(each, order, write) for each in lines],
        "total": write.money(order["total"], order["currency"]),
        "troubles": _troubles(who, order.id, deliveries, write),
    }


def rows(who: Actor, orders: Sequence[Record], write: Formats) -> list[Row]:
    """Orders for a list, in three statements whatever their number."""
    ids = [each.id for each in orders]
    deliveries, lines = _deliveries(who, ids), _lines(who, ids)
    return [_row(each, deliveries[each.id], lines[each.id], write) for each in orders]


def headline(lines: Sequence[Record], write: Formats) -> str:
    """6 Dosing pump 12 V, + 2."""
    if not lines:
        return ""
    first, more = lines[0], len(lines) - 1
    name = first["description"] or first.labels.get("product_id", "")
    told = f"{write.number(first['quantity'])} × {name}"
    return f"{told}, +{more}" if more else told


def _row(order: Record, deliveries: Sequence[Record], lines: Sequence[Record], write: Formats) -> Row:
    told = [progress.delivery(order, each, write) for each in deliveries]
    state, word = progress.order_word(order, told)
    total = write.money(order["total"], order["currency"])
    return Row(order, headline(lines, write), _day(order, write), state, word, total)


def _day(order: Record, write: Formats) -> str:
    placed = order["placed_at"]
    return write.day(calendars.current().day_of(placed)) if placed else ""


def _deliveries(who: Actor, order_ids: Sequence[UUID]) -> dict[UUID, list[Record]]:
    return _of_orders(who, "deliveries", "promised_on", DELIVERY, order_ids)


def _lines(who: Actor, order_ids: Sequence[UUID]) -> dict[UUID, list[Record]]:
    found = _of_orders(who, "order_lines", "created_at", LINE, order_ids)
    for lines in found.values():
        lines.sort(key=lambda line: line["position"])
    return found


def _of_orders(
    who: Actor, name: str, sort: str, fields: Sequence[str], order_ids: Sequence[UUID]
) -> dict[UUID, list[Record]]:
    found: dict[UUID, list[Record]] = defaultdict(list)
    if order_ids:
        here = Condition("order_id", "in", tuple(order_ids))
        wanted = Query(where=here, sort=sort, fields=fields, limit=MOST, count=False)
        for record in reading.page(who, name, wanted).rows:
            found[record["order_id"]].append(record)
    return found


def _incidents(who: Actor, order_id: UUID) -> list[Record]:
    fields = (
        "kind",
        "subject",
        "description",
        "remedy",
        "remedy_due_on",
        "opened_at",
        "resolved_at",
        "delivery_id",
    )
    wanted = Query(fields=(*fields, "owner_id"), limit=MOST, count=False)
    return reading.related(who, "orders", order_id, "incidents", wanted).rows


def _troubles(who: Actor, order_id: UUID, deliveries: Sequence[Delivery], write: Formats) -> list[words.Told]:
    """What is wrong with this order: its open incidents, and what is late without one."""
    found = [each for each in _incidents(who, order_id) if each["resolved_at"] is None]
    told = [words.of_incident(each, _late_word(each, deliveries), write) for each in found]
    known = {each["delivery_id"] for each in found if each["kind"] == "late"}
    return told + [
        words.of_delivery(each.word)
        for each in deliveries
        if each.state == "broken" and each.record.id not in known
    ]


def _late_word(incident: Record, deliveries: Sequence[Delivery]) -> str:
    if incident["kind"] != "late":
        return ""
    here = (
        each for each in deliveries if each.record.id == incident["delivery_id"] and each.state == "broken"
    )
    return next((each.word for each in here), "")


def _line(line: Record, order: Record, write: Formats) -> dict[str, Any]:
    return {
        "id": line.id,
        "name": line["description"] or line.labels.get("product_id", ""),
        "quantity": write.number(line["quantity"]),
        "amount": write.money(line["amount"], order["currency"]),
    }
