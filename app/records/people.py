"""Members by what people write: their e-mail or their name."""

from typing import Any

from sqlalchemy import func, or_, select

from app.core.ids import parse_id
from app.records.tables import members
from tenants.session import session


def named(given: Any) -> Any:
    """The id of the one member with this e-mail or name; what is an id, or fits nobody, stays as it is."""
    if not isinstance(given, str) or not given.strip() or parse_id(given) or not _storable(given):
        return given
    wanted = given.strip().lower()
    by_word = or_(func.lower(members.c.email) == wanted, func.lower(members.c.name) == wanted)
    found = session.scalars(
        select(members.c.id).where(by_word, members.c.removed_at.is_(None)).limit(2)
    ).all()
    return found[0] if len(found) == 1 else given


def _storable(given: str) -> bool:
    return given.isprintable() and len(given) <= 320
