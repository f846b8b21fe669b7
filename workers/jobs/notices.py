"""The mail of a notice, in the language of whom it tells."""

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask_babel import force_locale

from app.config import subdomain
from app.core import process
from app.core.clock import now
from app.core.mail import enqueue_mail
from app.domain.members.models import Member
from app.domain.members.sessions import actor_of
from app.domain.notices import queries
from app.domain.notices.actions import MAIL_JOB
from app.domain.notices.models import Notice
from app.domain.workspace import queries as workspace
from app.ui.formats import Formats
from app.ui.notices import view
from tenants.context import current
from tenants.session import session
from workers.registry import job


@job(MAIL_JOB)
def mail_notice(payload: dict[str, Any]) -> None:
    """Stage the mail, unless it was staged or the member has left or read the notice meanwhile."""
    notice = session.get(Notice, UUID(payload["notice_id"]), with_for_update=True)
    member = session.get(Member, notice.member_id) if notice else None
    if notice is None or member is None or notice.mailed_at or notice.read_at or member.removed_at:
        return
    if not queries.tells(actor_of(member, door="clock"), notice):
        return
    settings = workspace.settings()
    language = member.language or settings.language
    with force_locale(language):
        words = view(notice, Formats(language, ZoneInfo(member.time_zone or settings.time_zone), now()))
    home = subdomain(process.settings().base_url, current().slug)
    values = {"subject": words.subject, "sentence": words.sentence}
    values |= {"url": f"{home}{words.href}", "all_url": f"{home}/notices"}
    enqueue_mail("mail/notice", member.email, language, values)
    notice.mailed_at = now()
