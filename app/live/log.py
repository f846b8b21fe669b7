"""Reading a tenant's log for those who listen: one read-only transaction each time, in a thread."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import Row, text

from app.core.actor import Actor
from app.core.errors import Invalid
from app.core.permissions import Rights
from app.core.tickets import Ticket
from app.domain.members import rights
from app.domain.plans import policy
from app.records import watching
from app.records.reader import Happened, Reader
from app.records.watching import Sign
from tenants import catalogue
from tenants.context import Tenant, entered
from tenants.session import session, unit_of_work

# Who missed more facts than this has missed too much to be told each.
MOST_MISSED = 1_000

# What each session may still do: nothing, where it is not found.
_MAY = text(f"""
SELECT g.id, coalesce(m.role, a.sees) AS may, {rights.COLUMNS} FROM grants g
  LEFT JOIN members m ON m.id = g.member_id AND m.removed_at IS NULL
  LEFT JOIN portal_accounts a ON a.id = g.account_id AND a.state = 'active'
 WHERE g.id = ANY(:ids) AND g.revoked_at IS NULL AND g.expires_at > now()
""")  # noqa: S608 - the columns are our own


class Closed(Exception):
    """The tenant is gone or lets nobody in."""


@dataclass(frozen=True)
class Read:
    """What was read for several tickets: the signs for each session, who may not stay, where reading ended.

    `cursor` is where the next reading begins; with `reload` more happened than is told one by one.
    """

    cursor: str
    signs: dict[UUID, list[Sign]]
    ended: frozenset[UUID]
    reload: bool = False


class Log:
    """The log of one tenant."""

    def __init__(self, app: Flask, tenant_id: UUID) -> None:
        self._app = app
        self._tenant_id = tenant_id

    @property
    def schema(self) -> str:
        """The tenant's schema; raises Closed."""
        return self._tenant().schema

    def after(self, cursor: str | None, tickets: Collection[Ticket]) -> Read:
        """What happened after `cursor` (None: from now on), for each ticket; raises Closed."""
        with self._app.app_context(), entered(self._tenant()), unit_of_work(read_only=True):
            reader, facts = _happened(cursor)
            # After the facts: whoever lost rights by one of them is not told of it.
            staying = _staying(tickets)
            ended = frozenset(ticket.grant_id for ticket in tickets) - staying.keys()
            if facts is None:
                return Read(reader.cursor, {}, ended, reload=True)
            return Read(reader.cursor, _for_each(staying.values(), watching.signs(facts)), ended)

    def _tenant(self) -> Tenant:
        tenant = catalogue.by_id(self._tenant_id)
        if tenant is None or not policy.may_enter(tenant):
            raise Closed(str(self._tenant_id))
        return tenant


def _happened(cursor: str | None) -> tuple[Reader, list[Happened] | None]:
    """Where reading ended, and the facts after `cursor`; None where they cannot be told one by one."""
    if cursor is None:
        return Reader.from_now(), []
    try:
        reader = Reader(cursor)
        facts = reader.read(MOST_MISSED)
    except Invalid:
        return Reader.from_now(), None
    return (reader, facts) if len(facts) < MOST_MISSED else (Reader.from_now(), None)


@dataclass(frozen=True)
class _Listener:
    """Who listens, with the rights of this moment."""

    ticket: Ticket
    actor: Actor


def _staying(tickets: Collection[Ticket]) -> dict[UUID, _Listener]:
    """By session: those that have not ended and may what their ticket says."""
    rows = session.execute(_MAY, {"ids": list({ticket.grant_id for ticket in tickets})})
    known = {row.id: row for row in rows}
    return {
        ticket.grant_id: _Listener(ticket, _actor(ticket, known[ticket.grant_id]))
        for ticket in tickets
        if ticket.grant_id in known and known[ticket.grant_id].may == ticket.may
    }


def _actor(ticket: Ticket, row: Row[Any]) -> Actor:
    """The holder; what the roles of a member give has changed since the ticket was issued, or not."""
    actor = ticket.actor
    if row.own_roles is None:
        return actor
    held = rights.held(ticket.may, row.own_roles, row.mates)
    return replace(actor, permissions=_both(held.permissions, actor.permissions), grants=held.grants)


@lru_cache(maxsize=256)
def _both(mine: Rights, told: Rights) -> Rights:
    """What both hold; listeners with the same share it."""
    return mine & told


def _for_each(listeners: Iterable[_Listener], happened: list[Sign]) -> dict[UUID, list[Sign]]:
    """The signs for each session; who may read the same shares the work."""
    if not happened:
        return {}
    found: dict[UUID, list[Sign]] = {}
    known: dict[object, list[Sign]] = {}
    for one in listeners:
        ticket, alike = one.ticket, _alike(one)
        if alike not in known:
            known[alike] = watching.seen(one.actor, happened)
        found[ticket.grant_id] = known[alike]
    return found


def _alike(one: _Listener) -> object:
    ticket = one.ticket
    if ticket.kind == "member":
        return ticket.who if one.actor.grants is not None else ticket.objects
    return ticket.who, ticket.may, ticket.company_id
