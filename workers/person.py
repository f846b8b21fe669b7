"""Jobs that a person started: the row in `jobs` carried through slices, with that person's present rights."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from app.core.actor import Actor, Door
from app.core.errors import NotAllowed
from app.core.permissions import EVERYTHING, Rights
from app.core.queue import Again
from app.domain.apps import queries as apps
from app.domain.jobs import reasons, slices
from app.domain.jobs.models import Job
from app.domain.jobs.slices import Budget
from app.domain.members.models import Member
from app.domain.members.sessions import actor_of
from tenants.session import session
from workers.registry import Function, job

Slice = Callable[[Actor, Job, Budget], bool]
"""Does one slice within the budget, tells `slices.progress`, and answers whether more is to be done."""


def person_job(kind: str, *, door: Door = "import", attempts: int = 5) -> Callable[[Slice], Slice]:
    """Register `kind` for `jobs.actions.start`; a refusal ends the job with its sentence, at once."""

    def register(work: Slice) -> Slice:
        job(kind, attempts=attempts, given_up=_given_up)(_carried(work, door))
        return work

    return register


def _carried(work: Slice, door: Door) -> Function:
    def run(payload: dict[str, Any]) -> Again | None:
        present = slices.enter(UUID(payload["job_id"]))
        if present is None:
            return None
        more = work(_actor(present, door), present, Budget())
        if more:
            return Again()
        if not present.is_over:
            slices.finish(present)
        return None

    return run


def _actor(present: Job, door: Door) -> Actor:
    """Who started it, with the rights of this moment and not of then, and no more than the token's."""
    if present.app_id is not None:
        return _client(present, present.app_id, door)
    if present.started_by is None:
        return Actor(kind="system", id=None, name="Kith", door=door, permissions=EVERYTHING)
    member = session.get(Member, present.started_by)
    if member is None or member.removed_at is not None:
        raise NotAllowed(present.kind)
    actor = actor_of(member, door=door)
    if present.scopes is None:
        return actor
    return replace(actor, permissions=actor.permissions & frozenset(present.scopes))


def _client(present: Job, app_id: UUID, door: Door) -> Actor:
    """The app itself, unless it was disabled since."""
    app = apps.named({app_id}).get(app_id)
    if app is None or app.disabled_at is not None:
        raise NotAllowed(present.kind)
    scopes = Rights(present.scopes or ())
    return Actor(kind="client", id=app_id, name=app.name, door=door, permissions=scopes)


def _given_up(payload: dict[str, Any], error: Exception) -> None:
    given_up = session.get(Job, UUID(payload["job_id"]))
    if given_up is not None:
        slices.fail(given_up.id, *reasons.why(given_up, error))
