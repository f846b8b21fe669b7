"""A worker that is killed while it reads a mailbox or sends from it: everything happens once."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text

from app.core.clock import now
from app.core.mailserver import Server
from app.domain.mailboxes import actions, connecting, sending
from app.domain.mailboxes.connecting import Login
from app.records import writing
from tenants.context import entered
from tenants.session import session, unit_of_work
from tests import post
from tests.cast import ANN, CAROL, DAN, Workspace
from tests.domain.mailboxes.process import BATCH
from tests.imap import PASSWORD, Mailbox, mail
from tests.workers.gate import Gate
from tests.workers.test_crashes import Site, site, until

__all__ = ["site"]
pytestmark = pytest.mark.long
MAILS = 400
STATE = """
SELECT (SELECT count(*) FROM mailbox_items), (SELECT count(*) FROM messages),
       (SELECT count(*) FROM threads), (SELECT sum(messages_count) FROM threads),
       (SELECT count(*) FROM facts WHERE verb = 'message_received'), (SELECT state FROM mailboxes)
"""


SENDING = """
SELECT (SELECT data #>> '{delivery,state}' FROM messages), (SELECT count(*) FROM notices),
       (SELECT count(*) FROM kith.outbox WHERE name = 'mailboxes.send')
"""


def told(app: Flask, workspace: Workspace, question: str = STATE) -> tuple[Any, ...]:
    with app.app_context(), entered(workspace.tenant), unit_of_work(read_only=True):
        return tuple(session.execute(text(question)).one())


def fill(box: Mailbox) -> None:
    """Carol, who is known, and Dan, who is not, by turns; Carol's are four to a conversation."""
    mails = []
    for number in range(MAILS):
        who, first = (CAROL, DAN)[number % 2], number // 8
        refs = [] if number % 8 < 2 else [f"<{who.first_name}-{first * 8 + number % 2}@kith.example>"]
        told_id = f"<{who.first_name}-{number}@kith.example>"
        at = now() - timedelta(days=2, minutes=number)
        mails.append(mail(who.email, ANN.email, f"Order {first}", mail_id=told_id, refs=refs, at=at))
    box.put(*mails)


def begin(app: Flask, workspace: Workspace, box: Mailbox, smtp: post.Post) -> tuple[UUID, UUID]:
    """Ann's mailbox, chosen, and Carol."""
    ann = workspace.actor(ANN)
    outgoing = Server("127.0.0.1", smtp.port, "none")
    with app.app_context(), entered(workspace.tenant), unit_of_work():
        carol = writing.create(ann, "contacts", {"last_name": CAROL.last_name, "email": CAROL.email}).id
        made = connecting.connect(ann, Login(ANN.email, box.user, PASSWORD, box.imap, outgoing))
        actions.choose(ann, made.id, ["INBOX"], (now() - timedelta(days=30)).date(), "metadata")
        return made.id, carol


@pytest.fixture
def gate(site: Site) -> Gate:
    """What the slices of the processes of workers wait at."""
    site.environ |= {"KITH_EGRESS_ALLOWED": "127.0.0.0/8", "GATE": str(site.folder / "gate")}
    return Gate(site.folder / "gate")


def test_a_killed_worker_doubles_nothing(
    app: Flask, site: Site, gate: Gate, nordwind: Workspace, mailbox_post: Mailbox
) -> None:
    fill(mailbox_post)
    with post.office() as smtp:
        begin(app, nordwind, mailbox_post, smtp)
    worker = site.start("mail,relay", module="tests.domain.mailboxes.process")
    for _ in range(3):
        gate.admit(MAILS // BATCH // 5)
        until(gate.is_shut)
        worker.kill()
        worker.wait()
        assert 0 < told(app, nordwind)[0] < MAILS, "all was read before anything broke"
        worker = site.start("mail,relay", module="tests.domain.mailboxes.process")
    gate.open()
    until(lambda: told(app, nordwind)[-1] == "idle", 120)
    half = MAILS // 2
    assert told(app, nordwind) == (MAILS, half, half // 4, half, half, "idle")


def test_a_mail_cut_off_goes_again_only_when_asked(
    app: Flask, site: Site, gate: Gate, nordwind: Workspace, mailbox_post: Mailbox
) -> None:
    ann = nordwind.actor(ANN)
    gate.open()
    with post.office() as smtp:
        mailbox, carol = begin(app, nordwind, mailbox_post, smtp)
        smtp.holds = True
        with app.app_context(), entered(nordwind.tenant), unit_of_work():
            sent = sending.send(ann, carol, mailbox_id=mailbox, subject="Hay", body="It is here.").id
        worker = site.start("mail,relay", module="tests.domain.mailboxes.process")
        until(lambda: len(smtp.mails) == 1)
        worker.kill()
        worker.wait()
        smtp.holds = False
        site.start("mail,relay", module="tests.domain.mailboxes.process")
        until(lambda: told(app, nordwind, SENDING) == ("uncertain", 1, 0))
        assert len(smtp.mails) == 1
        with app.app_context(), entered(nordwind.tenant), unit_of_work():
            sending.again(ann, sent)
        until(lambda: told(app, nordwind, SENDING)[0] == "sent")
        assert [each["Message-ID"] for _, each in smtp.mails] == [f"<{sent}@nordwind.example>"] * 2
