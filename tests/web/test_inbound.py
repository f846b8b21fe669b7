"""Mail that comes back: read where it belongs, flagged where it must be doubted, never answered by itself."""

from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.config import Settings
from app.core import process
from app.core.mail import inbound_secret
from app.core.mime import MOST_BYTES
from app.domain.files.models import File
from app.domain.letters.models import Letter
from app.domain.messages import actions as talk
from app.domain.messages import queries
from app.domain.messages.models import Message
from app.records.timeline import timeline
from tenants import provisioning
from tenants.session import session
from tests import post
from tests.cast import Workspace
from tests.conftest import S3
from tests.domain.letters.scene import Town, founded

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d494441"
    "54789c6360000002000100ffff03000006000557bfabd40000000049454e44ae426082"
)


@pytest.fixture
def town(
    app: Flask, settings: Settings, nordwind: Workspace, s3: S3, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Town]:
    with post.office() as office:
        mailed = replace(settings, smtp_url=office.url, s3_endpoint_url=s3.url, s3_public_url=s3.url)
        monkeypatch.setattr(process, "_settings", mailed)
        yield founded(app, nordwind, office)


@pytest.fixture
def asked(town: Town) -> EmailMessage:
    """A mail of ours to Carol, in a conversation about her order."""
    with town.act():
        talk.write(town.ann, about=("orders", town.meyer.order.id), body="Wann passt es?")
    return town.mails()[0]


def answer(asked: EmailMessage, text: str = "Am Montag.", sender: str = "") -> EmailMessage:
    made = EmailMessage()
    made["From"] = sender or str(asked["To"])
    made["To"] = str(asked["Reply-To"])
    made["Subject"] = f"Re: {asked['Subject']}"
    made["Message-ID"] = "<1@customer.example>"
    made["In-Reply-To"] = str(asked["Message-ID"])
    quoted = "> Wann passt es?"
    made.set_content(
        f"{text}\n\nAm 20.11.2026 um 10:11 schrieb Nordwind GmbH <no-reply@localhost>:\n{quoted}\n"
    )
    return made


def hand_over(town: Town, mail: EmailMessage | bytes, to: str, secret: str | None = None) -> int:
    key = town.app.extensions["kith"].secret_keys[0]
    told = inbound_secret(key) if secret is None else secret
    response = town.app.test_client().post(
        "/mail/inbound",
        base_url="http://localhost:8000",
        data=mail if isinstance(mail, bytes) else mail.as_bytes(),
        headers={"Authorization": f"Bearer {told}", "X-Kith-Recipient": to},
        content_type="message/rfc822",
    )
    if response.status_code == 202:
        town.work()
    return response.status_code


def said(town: Town) -> list[Message]:
    with town.act():
        found = session.scalars(select(Message).order_by(Message.id)).all()
        session.expunge_all()
        return list(found)


def test_a_reply_lands_in_its_conversation(town: Town, asked: EmailMessage) -> None:
    assert hand_over(town, answer(asked), str(asked["Reply-To"]).upper()) == 202
    first, reply = said(town)
    assert (reply.thread_id, reply.body, reply.direction) == (first.thread_id, "Am Montag.", "in")
    assert (reply.author_kind, reply.contact_id) == ("customer", town.meyer.carol.id)
    assert "Wann passt es?" in reply.data["quoted"]
    with town.act():
        assert queries.get(town.ann, first.thread_id).awaits == "us"
        talk.write(town.ann, thread_id=first.thread_id, body="Gut.")
    last = town.mails()[-1]
    assert last["In-Reply-To"] == "<1@customer.example>"
    assert str(asked["Message-ID"]) in str(last["References"])


@pytest.mark.parametrize(
    ("state", "status"), [("read_only", 202), ("frozen", 503), ("suspended", 503), ("deleting", 404)]
)
def test_mail_is_taken_or_comes_later_as_the_state_says(
    town: Town, asked: EmailMessage, nordwind: Workspace, state: str, status: int
) -> None:
    provisioning.set_state(nordwind.tenant, state)
    assert hand_over(town, answer(asked), str(asked["Reply-To"])) == status
    provisioning.set_state(nordwind.tenant, "active")
    town.work()
    assert len(said(town)) == (2 if status == 202 else 1)


def test_the_same_mail_twice_is_one_message(town: Town, asked: EmailMessage) -> None:
    for _ in range(2):
        assert hand_over(town, answer(asked), str(asked["Reply-To"])) == 202
    assert len(said(town)) == 2


def test_another_sender_is_flagged(town: Town, asked: EmailMessage) -> None:
    mail = answer(asked, sender="Carol Meyer <mallory@evil.example>")
    assert hand_over(town, mail, str(asked["Reply-To"])) == 202
    reply = said(town)[1]
    assert (reply.author_kind, reply.author_name) == ("stranger", "mallory@evil.example")
    assert reply.data["unverified"] is True


@pytest.mark.parametrize("header", [("Auto-Submitted", "auto-replied"), ("List-Id", "<all.example>")])
def test_machines_wake_nobody_and_get_no_answer(
    town: Town, asked: EmailMessage, header: tuple[str, str]
) -> None:
    mail = answer(asked, "I am away")
    mail[header[0]] = header[1]
    before = len(town.post.mails)
    assert hand_over(town, mail, str(asked["Reply-To"])) == 202
    first, reply = said(town)
    assert reply.data["automatic"] is True
    with town.act():
        assert queries.get(town.ann, first.thread_id).awaits == "customer"
    assert len(town.post.mails) == before


def test_a_bounce_is_seen_at_the_message(town: Town, asked: EmailMessage) -> None:
    mail = answer(asked, sender="MAILER-DAEMON@mail.example")
    assert hand_over(town, mail, str(asked["Reply-To"])) == 202
    assert len(said(town)) == 1
    with town.act():
        assert session.scalars(select(Letter)).one().state == "failed"


def test_attachments_become_files(town: Town, asked: EmailMessage) -> None:
    mail = answer(asked)
    mail.add_attachment(PNG, maintype="image", subtype="png", filename="../schaden.png")
    assert hand_over(town, mail, str(asked["Reply-To"])) == 202
    reply = said(town)[1]
    with town.act():
        kept = session.scalars(select(File)).one()
        assert (kept.object, kept.record_id, kept.state) == ("messages", reply.id, "ready")
        assert kept.is_customer_visible
        assert "/" not in kept.name
        (shown,) = queries.of_customer(town.meyer.as_carol)
        assert [each.id for each in shown.messages[1].files] == [kept.id]


def test_what_cannot_be_read_is_told(town: Town, asked: EmailMessage) -> None:
    hostile = b"Subject: " + b"x" * 70_000 + b"\r\n\r\nx"
    assert hand_over(town, hostile, str(asked["Reply-To"])) == 202
    assert len(said(town)) == 1
    with town.act():
        told = timeline(town.ann, [town.meyer.carol.id]).entries
        assert ("mail_refused", "header") in [(one.verb, one.data.get("reason")) for one in told]


def test_too_large_a_mail_is_refused_for_good(town: Town, asked: EmailMessage) -> None:
    content = b"Subject: x\r\n\r\n" + b"x" * MOST_BYTES
    assert hand_over(town, content, str(asked["Reply-To"])) == 413


def test_only_the_mail_server_hands_over(town: Town, asked: EmailMessage) -> None:
    to = str(asked["Reply-To"])
    for secret in ("", "wrong", town.app.extensions["kith"].secret_keys[0]):
        assert hand_over(town, answer(asked), to, secret) == 404
    anothers = to[:20] + ("b" if to[20] == "a" else "a") + to[21:]
    for address in ("reply+x@localhost", "reply+" + "a" * 58 + "@localhost", "", anothers):
        assert hand_over(town, answer(asked), address) == 404
    assert len(said(town)) == 1


def test_a_reply_opens_a_closed_conversation(town: Town, asked: EmailMessage) -> None:
    with town.act():
        first = session.scalars(select(Message)).one()
        talk.close(town.ann, first.thread_id)
    assert hand_over(town, answer(asked), str(asked["Reply-To"])) == 202
    with town.act():
        assert session.scalar(select(func.count()).select_from(Message)) == 2
        assert queries.get(town.ann, first.thread_id).state == "open"
