"""What a plan limits, when a figure is near its limit, and what is said there. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any, Literal

from app.core.errors import Problem
from app.core.text import N_

Per = Literal["", "day", "minute"]
# Owners and admins are told once when so much of a limit is used.
NEAR_PERCENT = 80
MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Limited:
    """Something that a plan limits: in all, per UTC day or per minute.

    `label` names it, `means` says what happens at the limit, `refusal` says so there; all msgids. Bytes are
    written in words.
    """

    name: str
    label: str
    means: str
    refusal: str
    per: Per = ""
    in_bytes: bool = False


KINDS: tuple[Limited, ...] = (
    Limited(
        "members",
        N_("Members"),
        N_("At the limit nobody else can be invited; whoever is here stays."),
        N_(
            "The plan has room for %(limit)s members, and %(used)s places are taken. Remove a member or an"
            " invitation, or have an owner choose a larger plan under Settings, Plan and usage."
        ),
    ),
    Limited(
        "records",
        N_("Records"),
        N_("At the limit nothing new is kept; what is there can be read, changed and deleted."),
        N_(
            "The plan has room for %(limit)s records, and there are %(used)s. Delete some,"
            " or have an owner choose a larger plan under Settings, Plan and usage."
        ),
    ),
    Limited(
        "storage_bytes",
        N_("Files"),
        N_("At the limit no file is taken any more; those that are there stay."),
        N_(
            "All files together may take %(limit)s, and %(used)s are taken. Delete some,"
            " or have an owner choose a larger plan under Settings, Plan and usage."
        ),
        in_bytes=True,
    ),
    Limited(
        "mails",
        N_("Mails a day"),
        N_("Beyond it mails wait and go out the next day."),
        N_("%(used)s of %(limit)s mails of today went out. This one goes out after midnight UTC."),
        per="day",
    ),
    Limited(
        "api_calls",
        N_("API calls a day"),
        N_("Beyond it programs are told to wait until midnight UTC."),
        N_(
            "Programs have made %(used)s of %(limit)s calls of today. Wait until midnight UTC,"
            " or have an owner choose a larger plan under Settings, Plan and usage."
        ),
        per="day",
    ),
    Limited(
        "api_calls_minute",
        N_("API calls of one app a minute"),
        N_("Beyond it programs are told to wait for seconds."),
        N_("That was too often. Please wait a moment and try again."),
        per="minute",
    ),
)
BY_NAME: Mapping[str, Limited] = {kind.name: kind for kind in KINDS}
# What is used beside what is limited: shown, never refused.
COUNTED = ("mails", "api_calls", "requests", "job_seconds")
MEASURED = ("members", "records", "storage_bytes")


def is_near(used: int, limit: int | None) -> bool:
    """Whether so much is used that somebody should know."""
    return limit is not None and used * 100 >= limit * NEAR_PERCENT


def share(used: int, limit: int | None) -> float:
    """The used part of a limit from 0 to 1; 0 where there is no limit."""
    if limit is None:
        return 0.0
    return min(1.0, used / limit) if limit else 1.0


def seconds_to_midnight(at: datetime) -> int:
    """Whole seconds until the next UTC day begins, at least one."""
    tomorrow = datetime.combine(at.astimezone(UTC).date() + timedelta(days=1), time(), UTC)
    return max(1, int((tomorrow - at).total_seconds()))


def figures(kind: Limited, used: int, limit: int) -> dict[str, Any]:
    """What fills the placeholders of the kind's sentences."""
    if kind.in_bytes:
        return {"used": bytes_in_words(used), "limit": bytes_in_words(limit)}
    return {"used": used, "limit": limit}


def bytes_in_words(count: int) -> str:
    """A size as a short figure with its unit, 1024 to the next, rounded down."""
    for unit in ("B", "KB", "MB"):
        if count < 1024:
            return f"{count} {unit}"
        count //= 1024
    return f"{count} GB"


def limits_problem(limits: Mapping[str, Any]) -> Problem | None:
    """What is wrong with limits that are to be kept."""
    for name, value in limits.items():
        if name not in BY_NAME:
            message = N_("There is no limit called %(name)s. There are: %(known)s.")
            return Problem("limits", "unknown", message, {"name": name, "known": ", ".join(BY_NAME)})
        if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 0):
            message = N_("The limit %(name)s must be a whole number, 0 or more.")
            return Problem("limits", "number", message, {"name": name})
    return None
