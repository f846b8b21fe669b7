"""Which records wait to be worked out anew."""

from uuid import UUID

from sqlalchemy.orm import Mapped

from app.records.tables import Created, Key, Words, table_of
from tenants.base import TenantBase


class Recount(TenantBase):
    """A record whose roll-ups have to be counted: something that they are made of has changed.

    Whoever changes something adds rows and waits for nobody; the job takes many at once.
    """

    __tablename__ = "recounts"

    id: Mapped[Key]
    object: Mapped[Words]
    record_id: Mapped[UUID]
    created_at: Mapped[Created]


recounts = table_of(Recount)
