"""The counts of the side bar."""

from dataclasses import dataclass

from flask import g

from app.core.actor import Actor
from app.domain.standing import nav as counted
from app.ui.say import gettext


@dataclass(frozen=True, slots=True)
class Counts:
    """Short texts for the side bar, None where there is nothing to say: "3 late", "7"."""

    today: str | None
    deliveries: str | None
    incidents: str | None
    cases: str | None
    messages: str | None
    notices: str | None


def nav(actor: Actor) -> Counts:
    """The counts for this member, read once in a request."""
    if "standing_nav" not in g:
        g.standing_nav = _told(counted.counts(actor.member_id, actor))
    told: Counts = g.standing_nav
    return told


def _told(found: counted.Counts) -> Counts:
    late = _number(found.late)
    return Counts(
        _number(found.mine),
        gettext("%(count)s late", count=late) if late else None,
        _number(found.incidents),
        _number(found.cases),
        _number(found.messages),
        _number(found.notices),
    )


def _number(count: int) -> str | None:
    if count == 0:
        return None
    return f"{counted.MOST - 1}+" if count >= counted.MOST else str(count)
