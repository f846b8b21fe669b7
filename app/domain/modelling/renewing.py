"""Everybody has the new model with the next request."""

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert as upsert

from app.core.clock import now
from app.core.ids import new_id
from app.records import registry
from app.records.tables import settings
from tenants.session import session


def renew() -> None:
    """The model was changed in this transaction: give it a revision of its own."""
    fresh = func.to_jsonb(new_id().hex)
    row = upsert(settings).values(key=registry.KEY, value=fresh, updated_at=now())
    session.execute(
        row.on_conflict_do_update(index_elements=["key"], set_={"value": fresh, "updated_at": now()})
    )
    registry.forget()
