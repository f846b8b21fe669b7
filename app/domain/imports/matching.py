"""Which record a row is about: found by the keys of the plan, the surest first."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Uuid, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY

from app.core.errors import Problem
from app.core.text import N_
from app.domain.imports.finding import find
from app.domain.imports.rules.draft import Draft
from app.domain.imports.rules.plan import Plan
from app.domain.imports.targets import EXTERNAL, FULL_NAME, RECORD_ID
from app.domain.orders.models import ORDER_LINES
from app.records.habits import Habits
from tenants.session import session

_SEVERAL = N_("Several records have this value, so it is not clear which one is meant.")
_UNKNOWN_ID = N_("No record has this id.")
_STRONG = ("external", "id", "email", "number", "sku", "domain")
_ALSO_BY_NAME = frozenset({"companies", "products"})
# A company's mail address may be that of many; a person's is their own.
_NOT_BY_EMAIL = frozenset({"companies"})


def keys_of(plan: Plan) -> tuple[str, ...]:
    """The keys by which rows of this plan find records, the surest first; empty: each row is new."""
    mapped = {column.target for column in plan.columns}
    if plan.match == "none":
        return ()
    if plan.match == "parts" or (plan.match == "auto" and plan.object == "order_lines"):
        ids = tuple(key for key, target in (("external", EXTERNAL), ("id", RECORD_ID)) if target in mapped)
        return ids if ids and plan.match == "auto" else ("parts",)
    if plan.match != "auto":
        return (plan.match,)
    found = tuple(key for key in _STRONG if _is_mapped(key, mapped, plan.object))
    return found or (("name",) if plan.object in _ALSO_BY_NAME and "name" in mapped else ())


def _is_mapped(key: str, mapped: set[str], object_name: str) -> bool:
    if key == "external":
        return EXTERNAL in mapped
    if key == "email" and object_name in _NOT_BY_EMAIL:
        return False
    return key in mapped


def add_keys(draft: Draft, keys: Sequence[str]) -> None:
    """Give the draft those of `keys` that its row has a value for, in their order."""
    told = dict(draft.keys)
    draft.keys.clear()
    for key in keys:
        text = told.get(key) or _own(draft, key)
        if text:
            draft.keys.append((key, text))


def _own(draft: Draft, key: str) -> str:
    if key == "parts":
        return _part_key(draft)
    if key == "name" and ("first_name" in draft.values or "last_name" in draft.values):
        halves = (draft.values.get("first_name"), draft.values.get("last_name"))
        return " ".join(half for half in halves if half)
    value = draft.values.get(key)
    return value if isinstance(value, str) else ""


def _part_key(draft: Draft) -> str:
    """An order and a place in it, else an order, a product and how many of it came before in the file."""
    order, product = draft.values.get("order_id"), draft.values.get("product_id")
    position = draft.values.get("position")
    if order and position:
        return f"{order} {position}"
    return f"{order} {product} {draft.nth}" if order and product else ""


def match(drafts: Sequence[Draft], plan: Plan, habits: Habits) -> None:
    """Give each draft the id of the record it is about, where there is one."""
    system = next((column.system for column in plan.columns if column.target == EXTERNAL), "")
    for key in keys_of(plan):
        open_drafts = [
            (draft, text)
            for draft in drafts
            if draft.record_id is None and not draft.problems
            for name, text in draft.keys
            if name == key
        ]
        texts = {text for _, text in open_drafts}
        if not texts:
            continue
        found = _lines(texts) if key == "parts" else find(plan.object, key, texts, system, habits)
        for draft, text in open_drafts:
            _settle(draft, key, text, found.get(text, ()), _column_of(plan, key))


def _settle(draft: Draft, key: str, text: str, ids: tuple[UUID, ...], column: str) -> None:
    if len(ids) == 1:
        draft.record_id = ids[0]
    elif ids:
        draft.problems.append(Problem(column, "ambiguous", _SEVERAL, {"value": text[:200]}))
    elif key == "id":
        draft.problems.append(Problem(column, "not_found", _UNKNOWN_ID, {"value": text[:200]}))


def _column_of(plan: Plan, key: str) -> str:
    wanted = {"external": EXTERNAL, "id": RECORD_ID}.get(key, key)
    names = {column.target: column.name for column in plan.columns}
    return names.get(wanted) or names.get(FULL_NAME, "")


def _lines(texts: set[str]) -> dict[str, tuple[UUID, ...]]:
    """The lines of orders by place, and by product and count."""
    lines = ORDER_LINES.table.c
    orders = bindparam("orders", list({UUID(text.split()[0]) for text in texts}), ARRAY(Uuid))
    rows = session.execute(
        select(lines.id, lines.order_id, lines.product_id, lines.position)
        .where(lines.order_id == any_(orders), lines.deleted_at.is_(None))
        .order_by(lines.position, lines.id)
    )
    found: dict[str, tuple[UUID, ...]] = {}
    seen: dict[tuple[UUID, UUID], int] = defaultdict(int)
    for line in rows:
        found[f"{line.order_id} {line.position}"] = (line.id,)
        nth = seen[line.order_id, line.product_id]
        seen[line.order_id, line.product_id] += 1
        found[f"{line.order_id} {line.product_id} {nth}"] = (line.id,)
    return found
