"""What a company's state means to who asks: what is so, since when, why, what to do and who can do it.

Customers of the company never read about its bills.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import g
from flask_babel import format_date, format_datetime

from app.core.clock import now
from app.core.errors import Held
from app.domain.plans.policy import MAINTENANCE
from app.domain.plans.reasons import PLAN_ENDED, TRIAL_ENDED, UNPAID
from app.domain.plans.trials import WARNED_DAYS
from app.ui.http import is_portal
from app.ui.say import gettext as _
from app.ui.say import ngettext
from tenants import switches
from tenants.context import Tenant

PLAN_PAGE = "/settings/plan"


@dataclass(frozen=True)
class Told:
    """A title and a sentence, and where something can be done about it, if by this reader."""

    title: str
    sentence: str
    href: str = ""
    act: str = ""


def held(error: Held, tenant: Tenant | None) -> Told:
    """What the page says that stands in place of what was asked for."""
    if is_portal():
        return _to_customer(error)
    if error.state == "read_only":
        return _read_only(tenant)
    if error.state == "suspended":
        return Told(_("This workspace is closed"), _suspended(tenant))
    if error.state == "deleting":
        return Told(_("This workspace is being deleted"), _deleting(tenant))
    if error.state == "maintenance":
        return _maintenance()
    if error.state == "upgrading":
        return Told(
            _("Back in a moment"), _("This workspace is getting a new version. Try again in a minute.")
        )
    return Told(
        _("Back in a moment"),
        _("This workspace is being moved. Nothing was changed by what you did: try again in a minute."),
    )


def _maintenance() -> Told:
    """What operators say of their work, until when they think it takes, and that nothing is lost."""
    known = switches.get(MAINTENANCE) or {}
    parts = [known.get("message") or _("Nothing is lost. Try again in a few minutes.")]
    if until := known.get("until"):
        at = datetime.fromisoformat(until)
        parts.append(_("We expect to be done by %(time)s.", time=format_datetime(at, "d MMM, HH:mm zzz")))
    return Told(_("We are working on Kith"), " ".join(parts))


def banner(tenant: Tenant) -> Told | None:
    """What stands on every page of members, in most states nothing."""
    if tenant.state == "read_only":
        told = _read_only(tenant)
        return Told(told.title, told.sentence, told.href, _("Plan and usage")) if told.href else told
    if not _manages():
        return None
    if tenant.state == "past_due":
        return Told(
            _("An invoice is open"),
            _("%(why)s Everything works; pay it before the workspace becomes read-only.", why=_why(tenant)),
            PLAN_PAGE,
            _("Show the invoice"),
        )
    ends = tenant.trial_ends_at
    if tenant.state == "trial" and ends and ends - now() <= timedelta(days=max(WARNED_DAYS)):
        return Told(_("Trial"), _trial_sentence(ends), PLAN_PAGE, _("Choose a plan"))
    return None


def day(at: date | None) -> str:
    """A day in words of the page's language and zone."""
    return format_date(at, "long") if at else ""


def _trial_sentence(ends: datetime) -> str:
    left = max(0, (ends.date() - now().date()).days)
    if left == 0:
        return _("Your trial ends today. Choose a plan to go on; otherwise the workspace becomes read-only.")
    return ngettext(
        "Your trial ends in %(num)s day. Choose a plan to go on; otherwise the workspace becomes read-only.",
        "Your trial ends in %(num)s days. Choose a plan to go on; otherwise the workspace becomes read-only.",
        left,
    )


def _read_only(tenant: Tenant | None) -> Told:
    title = _("This workspace is read-only")
    if tenant is None or not _manages():
        sentence = _("Everything can be read, and nothing be changed. An owner or admin can end that.")
        return Told(title, sentence)
    rest = _("Everything can be read and exported. Nothing is lost.")
    return Told(title, f"{_why(tenant)} {rest}".strip(), PLAN_PAGE, _("Plan and usage"))


def _why(tenant: Tenant) -> str:
    reason = tenant.reason
    if reason == TRIAL_ENDED:
        return _("The trial ended on %(day)s. Choose a plan to go on.", day=day(tenant.since))
    if reason == PLAN_ENDED:
        return _("The plan ended on %(day)s. Choose one to go on.", day=day(tenant.since))
    if reason.startswith(UNPAID):
        number = reason.removeprefix(UNPAID)
        return _("Invoice %(number)s has not been paid in time.", number=number)
    since = _("It is so since %(day)s.", day=day(tenant.since)) if tenant.since else ""
    return f"{since} {reason}".strip()


def _suspended(tenant: Tenant | None) -> str:
    rest = _("Nothing was removed. Its owner can ask those who run this Kith to open it again.")
    return f"{_why(tenant)} {rest}" if tenant and "actor" in g else rest


def _deleting(tenant: Tenant | None) -> str:
    rest = _("Its owners were told by mail how to open it again.")
    return f"{_why(tenant)} {rest}" if tenant and "actor" in g else rest


def _to_customer(error: Held) -> Told:
    if error.act == "write" and error.retry_after is None:
        return Told(
            _("That does not work here just now"),
            _("Nothing was changed. Call us or write to us by mail, and we do it for you."),
        )
    if error.retry_after is not None:
        return Told(_("Back in a moment"), _("Nothing was changed. Try again in a minute."))
    return Told(
        _("This page is closed just now"), _("Call us or write to us by mail, and we are there for you.")
    )


def _manages() -> bool:
    return "actor" in g and "workspace:manage" in g.actor.permissions
