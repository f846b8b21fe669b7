"""What a new record begins with: values as JSON holds them, days from today, hours from now, who adds it."""

import re
from datetime import timedelta
from typing import Any

from app.core.actor import Actor
from app.core.clock import now
from app.core.text import N_
from app.records.habits import Habits
from app.records.types import Field
from app.records.values import Refused, read

ME = "me"
# Also what a form shows: today, today+14, now-2.
_RELATIVE = re.compile(r"(today|now)(?:\s*([+-])\s*(\d{1,4}))?")
_WORDS = {"date": "today", "datetime": "now"}
_MACHINE = Habits()
BAD_MOMENT = N_("Write a day such as 2026-05-04, or today+14; for a time now, or now+2 for in two hours.")


def checked(field: Field, raw: Any) -> None:
    """Raises Refused for what no new record of the field could begin with."""
    if field.kind == "member" and raw == ME:
        return
    if field.kind in _WORDS and isinstance(raw, str) and _offset(field, raw) is not None:
        return
    if read(field, raw, _MACHINE) is None:
        raise Refused("bad_value", BAD_MOMENT)
    given = raw if isinstance(raw, list) else [raw]
    if field.retired.intersection(each for each in given if isinstance(each, str)):
        raise Refused("retired", N_("This choice is offered no more."))


def value(field: Field, actor: Actor, habits: Habits) -> Any:
    """What a new record that `actor` adds now has in the field; None: nothing."""
    raw = field.default
    if not field.custom or raw is None:
        return raw() if callable(raw) else raw
    if field.kind == "member" and raw == ME:
        return actor.member_id
    offset = _offset(field, raw) if field.kind in _WORDS and isinstance(raw, str) else None
    if offset is not None:
        return habits.today() + timedelta(offset) if field.kind == "date" else now() + timedelta(hours=offset)
    try:
        checked(field, raw)
        return read(field, raw, _MACHINE)
    except Refused:
        return None


def _offset(field: Field, raw: str) -> int | None:
    """Days from today for a day, hours from now for a time; None where it is neither."""
    found = _RELATIVE.fullmatch(raw.strip().lower())
    if found is None or found[1] != _WORDS[field.kind]:
        return None
    return int(f"{found[2] or '+'}{found[3] or 0}")
