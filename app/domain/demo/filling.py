"""Writes the samples through the engine: history quietly, what is under way alive."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import text

from app.core import clock
from app.core.actor import Actor
from app.core.clock import now
from app.core.text import N_
from app.domain.calendar import queries as calendars
from app.domain.demo import customers, samples, talk, trade, work
from app.domain.demo.trade import Order
from app.domain.demo.vocabulary import CAUSES, PRODUCTS
from app.records import writing
from app.records.habits import Habits
from app.records.writing import Row
from tenants.session import session

SEED = 20260
# Each batch of records is written as if at its end: few statements, and yet a history.
DAYS = 28
_HABITS = Habits()
_TITLE = N_("Sample data")
_STAGES = text("""
SELECT s.id, s.outcome
  FROM stages s JOIN pipelines p ON p.id = s.pipeline_id AND p.is_default
 ORDER BY s.position
""")
Values = dict[str, Any]
Ids = list[UUID]
Dated = tuple[datetime | None, Values]


def fill(actor: Actor, owners: Sequence[UUID]) -> None:
    """Samples for an empty workspace, looked after by `owners`; every date is relative to today."""
    chance = random.Random(SEED)  # noqa: S311 - samples, the same for everybody
    looked_after = [str(owner) for owner in owners]
    founded = now() - timedelta(days=380)
    products = _write(actor, "products", [_product(one) for one in PRODUCTS], at=founded)
    firms = customers.companies(chance, looked_after)
    companies = _write(actor, "companies", firms, at=founded)
    people = customers.people(chance, firms)
    met = [one | {"company_id": companies[at]} for at, one in people]
    contacts = _write(actor, "contacts", met, at=founded)
    speaks_for: dict[UUID, UUID] = {}
    for (at, _), contact in zip(people, contacts, strict=True):
        speaks_for.setdefault(companies[at], contact)
    _trade(actor, chance, companies, speaks_for, products)
    _work(actor, chance, companies, looked_after)
    talk.fill(companies, speaks_for, owners)


def _trade(
    actor: Actor, chance: random.Random, companies: Ids, people: dict[UUID, UUID], products: Ids
) -> None:
    orders = trade.orders(chance, calendars.current(), now())
    ids: Ids = []
    for _, batch in groupby(orders, key=lambda order: order.values["placed_at"].toordinal() // DAYS):
        ids += _book(actor, list(batch), companies, people, products)
    past = [at for at, order in enumerate(orders) if order.ending in {"kept", "kept_late"}]
    alive = [at for at, order in enumerate(orders) if order.ending not in {"kept", "kept_late"}]
    for _, stretch in groupby(past, key=lambda at: at // 40):
        _arrive(actor, chance, [(orders[at], ids[at]) for at in stretch])
    _write(actor, "deliveries", [_delivery(orders[at], ids[at]) for at in alive], quiet=False)
    told = [
        (one["opened_at"], one | {"order_id": order_id})
        for order, order_id in zip(orders, ids, strict=True)
        for one in order.incidents
    ]
    _write_by_time(actor, "incidents", told)


def _book(actor: Actor, orders: list[Order], companies: Ids, people: dict[UUID, UUID], products: Ids) -> Ids:
    """Some weeks' orders with their lines, written when the last of them was placed."""
    at = orders[-1].values["placed_at"]
    ids = _write(actor, "orders", [_order(one, companies, people) for one in orders], at=at)
    lines = [_line(line, ids[n], products) for n, order in enumerate(orders) for line in order.lines]
    _write(actor, "order_lines", lines, at=at)
    return ids


def _arrive(actor: Actor, chance: random.Random, orders: list[tuple[Order, UUID]]) -> None:
    """Deliveries that came, some of them late, written when the last of them came."""
    at = max(order.delivery["delivered_at"] for order, _ in orders)
    ids = _write(actor, "deliveries", [_delivery(*pair) for pair in orders], at=at)
    late = [
        _was_late(chance, order, delivery)
        for (order, _), delivery in zip(orders, ids, strict=True)
        if order.ending == "kept_late"
    ]
    _write(actor, "incidents", late, at=at)


def _work(actor: Actor, chance: random.Random, companies: Ids, owners: list[str]) -> None:
    calendar, at = calendars.current(), now()
    stages = session.execute(_STAGES).all()
    steps = [stage.id for stage in stages if stage.outcome == "open"]
    ends = {stage.outcome: stage.id for stage in stages if stage.outcome != "open"}
    deals = work.deals(chance, len(companies), owners, at)
    moved = [(one.get("ended_at"), _deal(one, companies[place], steps, ends)) for place, one in deals]
    _write_by_time(actor, "deals", moved)
    planned = work.activities(chance, len(companies), owners, calendar, at)
    done = [(one.get("done_at"), one | {"company_id": companies[place]}) for place, one in planned]
    _write_by_time(actor, "activities", done)
    for place, days, one in work.cases(owners):
        opened = at - timedelta(days=days)
        _write(actor, "cases", [one | {"company_id": companies[place]}], quiet=False, at=opened)


def _write_by_time(actor: Actor, object_name: str, rows: Sequence[Dated]) -> None:
    """Store the rows in batches of some weeks, each as if at its end; those without a time now."""
    past = sorted(((at, row) for at, row in rows if at is not None), key=lambda pair: pair[0])
    for _, batch in groupby(past, key=lambda pair: pair[0].toordinal() // DAYS):
        some = list(batch)
        _write(actor, object_name, [row for _, row in some], at=some[-1][0])
    _write(actor, object_name, [row for at, row in rows if at is None])


def _write(
    actor: Actor,
    object_name: str,
    rows: Sequence[Values],
    *,
    quiet: bool = True,
    at: datetime | None = None,
) -> Ids:
    """Store the rows as if it were `at` and mark them; a sample with a problem is a fault of ours."""
    given = [Row({name: value for name, value in row.items() if value is not None}) for row in rows]
    with clock.frozen(at or now()):
        outcomes = writing.write_many(actor, object_name, given, quiet=quiet, title=_TITLE, habits=_HABITS)
    ids = [outcome.record_id for outcome in outcomes if outcome.record_id is not None]
    if len(ids) != len(rows):
        raise ValueError(next(outcome.problems for outcome in outcomes if outcome.problems))
    samples.mark(object_name, ids)
    return ids


def _product(described: tuple[str, str, str, str]) -> Values:
    name, sku, category, price = described
    return {"name": name, "sku": sku, "category": category, "price": price, "currency": "EUR"}


def _order(order: Order, companies: Ids, people: dict[UUID, UUID]) -> Values:
    company = companies[order.company]
    return order.values | {"company_id": company, "contact_id": people[company]}


def _line(line: Values, order_id: UUID, products: Ids) -> Values:
    bare = {name: value for name, value in line.items() if name != "product"}
    return bare | {"order_id": order_id, "product_id": products[line["product"]]}


def _delivery(order: Order, order_id: UUID) -> Values:
    return order.delivery | {"order_id": order_id}


def _was_late(chance: random.Random, order: Order, delivery_id: UUID) -> Values:
    return {
        "kind": "late",
        "delivery_id": delivery_id,
        "cause": chance.choice(CAUSES),
        "opened_at": calendars.current().broken_at(order.delivery["promised_on"]),
        "resolved_at": max(
            order.delivery["delivered_at"], calendars.current().broken_at(order.delivery["promised_on"])
        ),
    }


def _deal(deal: Values, company_id: UUID, steps: Ids, ends: dict[str, UUID]) -> Values:
    bare = {name: value for name, value in deal.items() if name not in {"step", "outcome", "ended_at"}}
    stage = ends[deal["outcome"]] if deal["outcome"] in ends else steps[deal["step"] % len(steps)]
    return bare | {"company_id": company_id, "stage_id": stage}
