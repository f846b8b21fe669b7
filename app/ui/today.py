"""The home page in words: relations in need, one's day, promises kept, pipeline, news."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from markupsafe import Markup

from app.domain.standing.relations import Relation
from app.domain.standing.today import Kept, StageSum
from app.ui import cells
from app.ui.formats import Formats
from app.ui.say import gettext, ngettext
from app.ui.standing import words
from app.ui.standing.bar import act
from app.ui.standing.parts import Act

ICONS = {"call": "phone", "meeting": "users", "task": "square-check", "note": "sticky-note"}


@dataclass(frozen=True, slots=True)
class Need:
    """One relation that needs somebody."""

    name: str
    href: str
    is_company: bool
    pill: str
    state: Literal["broken", "risk"]
    why: str
    act: Act | None


@dataclass(frozen=True, slots=True)
class Item:
    """One thing of the member's day."""

    id: UUID
    when: Markup
    icon: str
    subject: str
    href: str
    detail: str
    is_done: bool
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class KeptLine:
    """Promises kept: the share, a mark for each working day, the sentence."""

    share: str
    marks: Sequence[tuple[Literal["kept", "broken"], str]]
    told: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the pipeline; `value` of `most`."""

    label: str
    value: float
    most: float
    text: str


def need(found: Relation, write: Formats) -> Need:
    """A relation: what is wrong in two words, the sentence with the money, one act."""
    standing = found.standing
    return Need(
        found.name,
        f"/{found.object}/{found.id}",
        found.object == "companies",
        _pill(found, write),
        "broken" if standing.state == "broken" else "risk",
        " · ".join(part for part in (_why(found, write), _money(found, write)) if part),
        act(standing.act),
    )


def _pill(found: Relation, write: Formats) -> str:
    troubles = found.standing.troubles
    broken = [trouble for trouble in troubles if trouble.state == "broken"]
    if len(broken) > 1:
        if all(trouble.kind == "deliveries" for trouble in broken):
            return gettext("%(count)s late", count=len(broken))
        return gettext("%(count)s open", count=len(broken))
    if troubles:
        return words.pill(troubles[0], write)
    quiet = found.standing.silence
    return words.silent(quiet) if quiet else gettext("no delivery data")


def _why(found: Relation, write: Formats) -> str:
    standing = found.standing
    if standing.troubles:
        return words.sentence(standing.troubles[0], write)
    if standing.silence:
        return words.usual(standing.silence)
    return words.stale(standing.stale) if standing.stale else ""


def _money(found: Relation, write: Formats) -> str:
    parts = []
    if found.open_deals:
        amount = _round(found.open_deals, found.currency, write)
        parts.append(gettext("%(amount)s open", amount=amount))
    if found.bought:
        parts.append(gettext("%(amount)s bought", amount=_round(found.bought, found.currency, write)))
    return ", ".join(parts)


def _round(amount: Decimal, currency: str | None, write: Formats) -> str:
    figure = write.number(amount, 0)
    return f"{figure}\N{NO-BREAK SPACE}{currency}" if currency else figure


def item(row: Any, now: datetime, write: Formats) -> Item:
    """An activity of today, or one that is overdue."""
    past = row.due_at.astimezone(write.zone).date() < write.today
    shown = write.short_date(row.due_at.astimezone(write.zone).date()) if past else write.time(row.due_at)
    return Item(
        row.id,
        Markup('<time datetime="{}">{}</time>').format(row.due_at.isoformat(timespec="minutes"), shown),
        ICONS.get(row.type, "calendar-check"),
        row.subject,
        f"/activities/{row.id}",
        " · ".join(part for part in (row.company, row.contact) if part),
        row.done_at is not None,
        row.done_at is None and row.due_at < now,
    )


def kept(days: Sequence[Kept], write: Formats) -> KeptLine | None:
    """The promises of the last working days; None where none was due."""
    due, held = sum(day.due for day in days), sum(day.kept for day in days)
    if not due:
        return None
    told = ngettext(
        "%(kept)s of %(num)s promise in the last 30 working days, all customers",
        "%(kept)s of %(num)s promises in the last 30 working days, all customers",
        due,
        kept=held,
    )
    return KeptLine(write.percent(held / due), [_kept_mark(day, write) for day in days], told)


def _kept_mark(day: Kept, write: Formats) -> tuple[Literal["kept", "broken"], str]:
    title = gettext(
        "%(day)s: %(kept)s of %(due)s kept", day=write.short_date(day.day), kept=day.kept, due=day.due
    )
    return "kept" if day.kept == day.due else "broken", title


def bars(stages: Sequence[StageSum], write: Formats) -> list[Bar]:
    """The pipeline's open stages and what was won this month, all on one scale."""
    most = float(max((stage.amount for stage in stages), default=Decimal(0))) or 1.0
    return [
        Bar(
            gettext("Won this month") if stage.outcome == "won" else stage.name,
            float(stage.amount),
            most,
            write.number(stage.amount, 0),
        )
        for stage in stages
    ]


def weighted(stages: Iterable[StageSum], currency: str, write: Formats) -> str:
    """What the open deals are worth by their probability."""
    total = sum((stage.weighted for stage in stages if stage.outcome == "open"), Decimal(0))
    return gettext("%(currency)s, weighted %(amount)s", currency=currency, amount=write.number(total, 0))


def when(at: datetime, write: Formats) -> Markup:
    """How long ago, short."""
    return cells.brief(at, write)
