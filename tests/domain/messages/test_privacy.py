"""A mail that a mailbox brought is read by its member; others see as much as he allows."""

import pytest

from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import NotFound
from app.core.ids import new_id
from app.domain.messages import actions, finding, queries
from app.domain.messages.models import Mailbox, Message
from tenants.session import session
from tests.cast import BOB, Workspace
from tests.domain.messages.talk import Scene, scene


@pytest.fixture
def meyer(ann: Actor) -> Scene:
    return scene(ann)


def brought(ann: Actor, meyer: Scene, privacy: str) -> Message:
    """A mail from Carol that Ann's mailbox brought into a conversation."""
    box = Mailbox(
        id=new_id(), member_id=ann.id, address="ann@x.example", username="ann", secret_encrypted="x"
    )
    thread = actions.write(ann, contact_id=meyer.carol.id, body="A note", note=True).thread_id
    mail = Message(
        id=new_id(), thread_id=thread, kind="mail", direction="in", author_kind="customer",
        subject="Salary", body="Between us", html="<p>Between us</p>", mailbox_id=box.id, privacy=privacy,
        sent_at=now(), created_at=now(),
    )  # fmt: skip
    session.add(box)
    session.flush()
    session.add(mail)
    session.flush()
    return mail


@pytest.mark.parametrize(
    ("privacy", "told"),
    [("metadata", ("", "")), ("subject", ("Salary", "")), ("full", ("Salary", "Between us"))],
)
def test_others_see_what_the_member_allows(
    ann: Actor, nordwind: Workspace, meyer: Scene, privacy: str, told: tuple[str, str]
) -> None:
    subject, body = told
    mail = brought(ann, meyer, privacy)
    bob = nordwind.actor(BOB)
    (own,) = [one for one in queries.thread(ann, mail.thread_id).messages if one.message.id == mail.id]
    (seen,) = [one for one in queries.thread(bob, mail.thread_id).messages if one.message.id == mail.id]
    assert (own.subject, own.body) == ("Salary", "Between us")
    assert (seen.subject, seen.body, bool(seen.html)) == (subject, body, bool(body))
    assert (mail.id in queries.excerpts(bob, [mail.id])) == bool(body)
    if not body:
        with pytest.raises(NotFound):
            queries.message(bob, mail.id)


def test_nobody_finds_what_he_may_not_read(ann: Actor, meyer: Scene) -> None:
    actions.write(ann, contact_id=meyer.carol.id, subject="Pumpe", body="Dichtung größer bestellt")
    mail = brought(ann, meyer, "subject")
    finding.enter([mail.thread_id])
    assert [one.title for one in finding.find(ann, "dichtung groesser")] == ["Pumpe"]
    assert finding.find(ann, "between") == []
    assert finding.find(meyer.as_carol, "Dichtung") == []


def test_no_customer_reads_a_members_mailbox(ann: Actor, meyer: Scene) -> None:
    mail = brought(ann, meyer, "full")
    shown = queries.thread(meyer.as_carol, mail.thread_id).messages
    assert shown == []
