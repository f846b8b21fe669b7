"""Notices in words, for pages and mails."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.domain.billing.trials import ENDS, OVER
from app.domain.notices import kinds
from app.domain.notices.models import Notice
from app.domain.upkeep.measuring import NEAR
from app.ui.formats import Formats
from app.ui.say import gettext

# Pages word them though only the clock tells them.
OF_THE_CLOCK: tuple[kinds.Kind, ...] = (NEAR, ENDS, OVER)
ISO_DAY = 10


@dataclass(frozen=True)
class NoticeView:
    """A notice as it is shown; `href` leads to the record it is about, `state` is its promise's."""

    id: UUID
    subject: str
    sentence: str
    state: str
    href: str
    at: datetime
    is_unread: bool


def view(notice: Notice, formats: Formats) -> NoticeView:
    """The notice in the language of the page."""
    kind = kinds.get(notice.kind)
    values = {name: _value(value, formats) for name, value in notice.data.items()}
    return NoticeView(
        id=notice.id,
        subject=gettext(kind.subject, **values) if kind else notice.kind,
        sentence=gettext(kind.sentence, **values) if kind else "",
        state=kind.state if kind else "",
        href=_href(notice, kind),
        at=notice.created_at,
        is_unread=notice.read_at is None,
    )


def _href(notice: Notice, kind: kinds.Kind | None) -> str:
    if notice.object and notice.record_id:
        return f"/{notice.object}/{notice.record_id}"
    return kind.path if kind else "/notices"


def _value(value: Any, formats: Formats) -> str:
    if isinstance(value, str) and len(value) == ISO_DAY and value[4] == value[7] == "-":
        try:
            return formats.day(date.fromisoformat(value))
        except ValueError:
            return value
    return formats.number(value) if isinstance(value, int | float) else str(value)
