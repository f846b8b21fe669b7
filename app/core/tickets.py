"""Tickets: short-lived, sealed words about who may listen to which tenant's signs."""

from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any, Literal
from uuid import UUID

from itsdangerous import BadData, URLSafeSerializer

from app.config import Settings
from app.core.actor import Actor
from app.core.clock import now
from app.core.permissions import Rights

SALT = "live ticket"


@dataclass(frozen=True)
class Ticket:
    """Who listens: the tenant, the session it hangs on, and what of the log concerns its holder.

    `may` is the role, or what the customer's account sees (`own`, `company`); with another one the ticket is
    void. `objects` are the objects that may be read; `until` is seconds since 1970.
    """

    tenant_id: UUID
    grant_id: UUID
    kind: Literal["member", "customer"]
    who: UUID
    may: str
    objects: tuple[str, ...]
    company_id: UUID | None
    until: float

    @property
    def is_over(self) -> bool:
        """Whether its time has passed."""
        return now().timestamp() >= self.until

    @property
    def actor(self) -> Actor:
        """The holder, able to read and nothing else."""
        return Actor(
            kind=self.kind,
            id=self.who,
            name="",
            door="portal" if self.kind == "customer" else "web",
            permissions=_reading(self.objects),
            company_id=self.company_id,
            sees_company=self.may == "company",
        )


@lru_cache(maxsize=256)
def _reading(objects: tuple[str, ...]) -> Rights:
    """Rights to read these; a thousand listeners with the same share them."""
    return Rights(f"{name}:read" for name in objects)


def issue(tenant_id: UUID, grant_id: UUID, actor: Actor, seconds: float) -> Ticket:
    """A ticket for a member or customer who is in, valid for `seconds`."""
    assert actor.id is not None, "only somebody listens"
    customer = actor.kind == "customer"
    return Ticket(
        tenant_id=tenant_id,
        grant_id=grant_id,
        kind="customer" if customer else "member",
        who=actor.id,
        may=("company" if actor.sees_company else "own") if customer else actor.role,
        objects=tuple(sorted(p.removesuffix(":read") for p in actor.permissions if p.endswith(":read"))),
        company_id=actor.company_id,
        until=now().timestamp() + seconds,
    )


def seal(ticket: Ticket, settings: Settings) -> str:
    """The ticket as text that only we can make, safe in cookies."""
    told: dict[str, Any] = asdict(ticket)
    plain = {name: value.hex if isinstance(value, UUID) else value for name, value in told.items()}
    return str(_serializer(settings).dumps(plain))


def unseal(text: str, settings: Settings) -> Ticket | None:
    """The ticket that `text` is; None where it is none of ours or over."""
    try:
        told = _serializer(settings).loads(text)
    except BadData:
        return None
    ids = {name: UUID(told[name]) for name in ("tenant_id", "grant_id", "who")}
    company_id = UUID(told["company_id"]) if told["company_id"] else None
    ticket = Ticket(**{**told, **ids, "objects": tuple(told["objects"]), "company_id": company_id})
    return None if ticket.is_over else ticket


def _serializer(settings: Settings) -> URLSafeSerializer:
    # The first key of the settings seals; itsdangerous seals with the last.
    return URLSafeSerializer(list(reversed(settings.secret_keys)), salt=SALT)
