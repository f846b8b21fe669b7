"""What conversations are found by: their words, but of a member's mailbox only what he shares."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, text

from app.core.actor import Actor
from app.domain.messages.models import Thread
from app.domain.messages.queries import readable
from app.records import searching
from app.records.tables import search
from tenants.session import session

NAME = "messages"

_ENTER = text("""
INSERT INTO search (object, record_id, title, subtitle, body, owner_id)
SELECT :name, t.id, coalesce(nullif(t.subject, ''), p.name, ''), coalesce(p.name, ''),
       ' ' || ext.search_key(left(concat_ws(' ', t.subject, p.name, said.words), 10000)), t.owner_id
  FROM threads t
  LEFT JOIN contacts p ON p.id = t.contact_id
  LEFT JOIN LATERAL (
    SELECT string_agg(m.body, ' ' ORDER BY m.sent_at DESC, m.id DESC) AS words
      FROM (SELECT id, body, sent_at FROM messages
             WHERE thread_id = t.id AND deleted_at IS NULL AND privacy = 'full'
             ORDER BY sent_at DESC, id DESC LIMIT 50) m) said ON true
 WHERE t.id = ANY(:ids) AND t.deleted_at IS NULL
ON CONFLICT (record_id) DO UPDATE SET title = excluded.title, subtitle = excluded.subtitle,
   body = excluded.body, owner_id = excluded.owner_id, updated_at = now()
""")


@dataclass(frozen=True)
class Hit:
    """A conversation that was found."""

    thread_id: UUID
    title: str
    subtitle: str


def enter(thread_ids: Collection[UUID]) -> None:
    """Have these conversations found by what stands in them now."""
    if thread_ids:
        session.execute(_ENTER, {"name": NAME, "ids": list(thread_ids)})


def find(actor: Actor, typed: str, limit: int = 10) -> Sequence[Hit]:
    """Conversations in which every word stands, the latest first; for members."""
    wanted = searching.matches(typed)
    if wanted is None or actor.kind == "customer" or "messages:read" not in actor.permissions:
        return []
    found = (
        select(Thread.id, search.c.title, search.c.subtitle)
        .join(search, search.c.record_id == Thread.id)
        .where(search.c.object == NAME, wanted, readable(actor))
        .order_by(Thread.last_message_at.desc().nulls_last(), Thread.id.desc())
        .limit(limit)
    )
    return [Hit(row.id, row.title, row.subtitle) for row in session.execute(found)]
