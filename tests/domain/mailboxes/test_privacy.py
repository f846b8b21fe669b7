"""What lies in two mailboxes is read in full by the owner of each, and by nobody else."""

from dataclasses import replace

import pytest

from app.core.errors import NotFound
from app.domain.mailboxes import actions, connecting
from app.domain.messages import queries
from tests import imap
from tests.cast import BOB, RITA, Workspace
from tests.domain.mailboxes.scene import START, Scene

PRIVATE = "Nutmeg and clove"


@pytest.fixture
def bobs(scene: Scene, nordwind: Workspace, worker: int) -> Scene:
    """Bob has a mailbox as well."""
    other = imap.Mailbox(scene.post.server, f"user{worker * imap.USERS + next(imap.numbers)}")
    return replace(scene, ann=nordwind.actor(BOB), post=other)


def test_a_mail_in_two_mailboxes_opens_for_both(scene: Scene, bobs: Scene, nordwind: Workspace) -> None:
    scene.customer()
    letter = scene.writes(text=PRIVATE, mail_id="<1@m>")
    scene.post.put(letter)
    bobs.post.put(letter)
    scene.sync(scene.connected(["INBOX"], "metadata"))
    made = connecting.connect(bobs.ann, replace(bobs.login(), address=BOB.email))
    bobs.sync(actions.choose(bobs.ann, made.id, ["INBOX"], START, "metadata"))
    (message,) = scene.messages()
    for owner in (scene.ann, bobs.ann):
        assert queries.message(owner, message.id).id == message.id
        (shown,) = queries.thread(owner, message.thread_id).messages
        assert (shown.hidden, shown.body.strip()) == ("", PRIVATE)
    (shown,) = queries.thread(nordwind.actor(RITA), message.thread_id).messages
    assert (shown.hidden, shown.subject, shown.body) == ("metadata", "", "")
    with pytest.raises(NotFound):
        queries.message(nordwind.actor(RITA), message.id)
