"""What travels through Redis: which row of which outbox, and nothing a customer would recognise."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID, uuid4

from dramatiq import Message

from app.core.ids import parse_id
from tenants.names import BadName, tenant_name
from workers.registry import Scope

ACTOR = "run"


class Refused(Exception):
    """A message that no worker may act on: it names no tenant, an unknown one, or makes no sense."""


@dataclass(frozen=True)
class Envelope:
    """One delivery of one job; `tenant` is a schema name, empty for the control database's jobs."""

    id: UUID
    scope: Scope
    tenant: str

    def message(self, queue: str) -> Message[None]:
        """This delivery as Dramatiq carries it; its Redis id begins with the job's id."""
        values = {"id": str(self.id), "scope": self.scope, "tenant": self.tenant}
        options = {"redis_message_id": f"{self.id}.{uuid4().hex}"}
        return Message(queue_name=queue, actor_name=ACTOR, args=(), kwargs=values, options=options)


def opened(values: Mapping[str, Any]) -> Envelope:
    """The envelope in a message's arguments; raises Refused for anything that is not one."""
    job_id, scope, tenant = parse_id(str(values.get("id"))), values.get("scope"), values.get("tenant")
    if job_id is None or scope not in {"tenant", "control"} or not isinstance(tenant, str):
        raise Refused("the message does not say which job it is about")
    if scope == "control" and tenant:
        raise Refused("a job of the control database names a tenant")
    if scope == "tenant" and not _is_name(tenant):
        raise Refused("the message names no tenant")
    return Envelope(job_id, cast(Scope, scope), tenant)


def _is_name(text: str) -> bool:
    try:
        return bool(tenant_name(text))
    except BadName:
        return False
