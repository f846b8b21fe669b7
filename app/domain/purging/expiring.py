"""Values of changes go when nobody can take these back any more, unless their field keeps its history."""

from app.core.actor import Actor
from app.core.clock import now
from app.core.permissions import EVERYTHING
from app.records import facts, registry
from app.records.undo import WINDOW
from tenants import erasing
from tenants.context import current

PORTION = 5_000
_KEEPER = Actor(kind="system", id=None, name="Kith", door="clock", permissions=EVERYTHING)


def clear() -> bool:
    """Remove a portion of the values that were kept long enough; whether more are left."""
    kept = [
        f"{each.name}.{field.name}"
        for each in registry.every()
        for field in each.fields
        if field.keeps_history
    ]
    removed = erasing.expire(current(), now() - WINDOW, kept, PORTION)
    if removed:
        facts.record(_KEEPER, "history_expired", None, None, data={"values": removed})
    return removed >= PORTION
