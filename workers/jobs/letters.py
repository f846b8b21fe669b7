"""Letters to customers: what they are about, and their way out."""

from typing import Any
from uuid import UUID

from app.core.errors import Invalid
from app.core.mail import Letter, send
from app.domain.incidents.behaviour import OPENED_JOB, RESOLVED_JOB
from app.domain.letters import occasions, sending
from app.domain.letters.actions import JOB
from app.domain.letters.sending import Parcel
from app.domain.plans import actions as plans
from app.domain.plans import usage
from app.ui.letters import render
from workers.jobs.mail import ATTEMPTS
from workers.registry import job


def give_up(payload: dict[str, Any], _: Exception) -> None:
    """The mail server took it for a day no more."""
    sending.failed(UUID(payload["letter_id"]), sending.GIVEN_UP)


@job(JOB, attempts=ATTEMPTS, given_up=give_up)
def deliver(payload: dict[str, Any]) -> None:
    """Render and send one letter, unless it is not wanted any more."""
    letter_id = UUID(payload["letter_id"])
    parcel = sending.parcel(letter_id, payload["values"])
    if parcel is None:
        return
    plans.check("mails")
    mail = _mail(parcel, tuple(payload["before"]))
    try:
        send(mail)
    except Invalid:
        sending.failed(letter_id, sending.REFUSED)
    else:
        sending.sent(parcel.letter, mail.subject)
        usage.count("mails")


@job(OPENED_JOB)
def incident_opened(payload: dict[str, Any]) -> None:
    """Write to the customer, if there is something to say."""
    occasions.opened(UUID(payload["incident_id"]))


@job(RESOLVED_JOB)
def incident_resolved(payload: dict[str, Any]) -> None:
    """Write to the customer that it is solved, if he knows of it."""
    occasions.resolved(UUID(payload["incident_id"]))


def _mail(parcel: Parcel, before: tuple[str, ...]) -> Letter:
    letter = parcel.letter
    values = parcel.values | {"not_me_url": parcel.not_me_url, "stop_url": parcel.stop_url}
    words = render(letter.kind, values, letter.language)
    return Letter(
        id=(letter.mail_id or "").strip("<>").partition("@")[0],
        to=letter.address,
        subject=words.subject,
        text=words.text,
        html=words.html,
        sender=parcel.values["company"],
        language=letter.language,
        reply_to=parcel.reply_to,
        before=before,
        stop_url=parcel.stop_url,
        is_written=parcel.is_written,
    )
