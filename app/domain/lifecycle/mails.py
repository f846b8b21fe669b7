"""The mails about a workspace that is closed: to its owners, by the control outbox, which outlives it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from sqlalchemy import select

from app.core.mail import JOB, control_payload, enqueue_control_mail
from app.core.text import N_
from app.domain.identities.mails import link
from app.domain.members.models import Member
from app.domain.workspace import queries as workspace
from tenants.context import Tenant, entered
from tenants.removal import Mail
from tenants.session import session

# Of all tables of a workspace those that people know by name, in this order.
TOLD = {
    "companies": N_("Companies"),
    "contacts": N_("Contacts"),
    "deals": N_("Deals"),
    "orders": N_("Orders"),
    "deliveries": N_("Deliveries"),
    "incidents": N_("Incidents"),
    "cases": N_("Cases"),
    "activities": N_("Activities"),
    "messages": N_("Messages"),
    "members": N_("Members"),
}


@dataclass(frozen=True)
class Owner:
    """Whom to tell, in which language, and in which zone the day is meant."""

    name: str
    email: str
    language: str
    time_zone: str


def owners(tenant: Tenant) -> list[Owner]:
    """The owners of a workspace."""
    with entered(tenant):
        known = workspace.settings()
        statement = select(Member).where(Member.role == "owner", Member.removed_at.is_(None))
        return [
            Owner(each.name, each.email, each.language or known.language, each.time_zone or known.time_zone)
            for each in session.scalars(statement.order_by(Member.created_at, Member.id))
        ]


def closed(tenant: Tenant, ends_at: datetime, by: str) -> None:
    """Tell that the workspace is closed, until when it can be kept, and how."""
    _tell(tenant, "closing", ends_at, by=by)


def soon(tenant: Tenant, ends_at: datetime) -> None:
    """Tell once more, some days before."""
    _tell(tenant, "closing_soon", ends_at)


def kept(tenant: Tenant, by: str) -> None:
    """Tell that it is open again."""
    _tell(tenant, "closing_undone", None, by=by)


def unused(tenant: Tenant, ends_at: datetime) -> None:
    """Tell that the workspace goes unless somebody confirms the address or comes back."""
    _tell(tenant, "unused", ends_at, url=link("workspaces"))


def gone(people: Sequence[Mapping[str, Any]], name: str, receipt: Mapping[str, Any]) -> list[Mail]:
    """The mails with the receipt, to be sent once all is removed."""
    rows = receipt["removed"]["rows"]
    counts = [{"label": label, "count": rows[kind]} for kind, label in TOLD.items() if rows.get(kind)]
    return [
        Mail(
            JOB,
            control_payload(
                template="mail/closing_done",
                to=owner["email"],
                language=owner["language"],
                values={
                    "name": owner["name"],
                    "workspace": name,
                    "counts": counts,
                    "rows": sum(rows.values()),
                    "files": receipt["removed"]["files"],
                    "day": _day(datetime.fromisoformat(receipt["backups_until"]), Owner(**owner)),
                    "digest": receipt["digest"],
                    "url": link(f"receipts/{receipt['id']}"),
                },
            ),
        )
        for owner in people
    ]


def noted(people: Sequence[Owner]) -> list[dict[str, str]]:
    """Owners as they are written down until the receipt is sent."""
    return [asdict(owner) for owner in people]


def _tell(tenant: Tenant, template: str, ends_at: datetime | None, **more: str) -> None:
    for owner in owners(tenant):
        values = {
            "name": owner.name,
            "workspace": tenant.name,
            "url": link(f"workspaces/{tenant.slug}/closing"),
            "day": _day(ends_at, owner) if ends_at else "",
            **more,
        }
        enqueue_control_mail(f"mail/{template}", owner.email, owner.language, values)


def _day(at: datetime, owner: Owner) -> str:
    return format_date(at.astimezone(ZoneInfo(owner.time_zone)).date(), "long", locale=owner.language)
