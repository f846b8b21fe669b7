"""Mail that others wrote to break programs: every one stored or refused with a reason, no slice lost."""

from pathlib import Path

import pytest

from app.core import mime
from app.domain.mailboxes import queries, review
from app.domain.mailboxes.rules import domain_of
from tests.cast import ANN
from tests.domain.mailboxes.scene import Scene
from tests.imap import mail

SAMPLES = sorted(
    path
    for path in (Path(__file__).parents[4] / "shared/data/mail_mime").rglob("*")
    if path.is_file() and path.suffix != ".txt"
)


@pytest.mark.skipif(not SAMPLES, reason="the samples of real mail are not beside the checkout")
def test_every_sample_is_stored_or_refused_with_a_reason(scene: Scene) -> None:
    for path in SAMPLES:
        scene.post.put(path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
    mailbox = scene.sync(scene.connected(["INBOX"]))
    for _ in range(3):
        review.accept(scene.ann, [each.address for each in queries.strangers(scene.ann)])
        scene.sync(mailbox)
    items = scene.items()
    assert len(items) == len(SAMPLES)
    assert {state for state, _ in items} <= {"stored", "ignored", "refused"}
    assert all(reason for _, reason in items)
    assert sum(state == "stored" for state, _ in items) > len(SAMPLES) // 2
    assert mailbox.state == "idle"


def test_a_mail_that_breaks_a_limit_costs_itself_only(scene: Scene) -> None:
    scene.customer()
    deep = b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(80))
    head = scene.writes(mail_id="<deep@m>").split(b"\n\n", 1)[0]
    head = b"\n".join(line for line in head.split(b"\n") if not line.lower().startswith(b"content-"))
    scene.post.put(scene.writes(mail_id="<1@m>"), head + b"\n" + deep, scene.writes(mail_id="<2@m>"))
    long = mail("x" * 70_000 + "@a.example", ANN.email, mail_id="<long@m>")
    scene.post.put(long)
    mailbox = scene.sync(scene.connected(["INBOX"]))
    assert sorted(scene.items()) == [
        ("refused", "depth"),
        ("refused", "header"),
        ("stored", "contact"),
        ("stored", "contact"),
    ]
    assert mailbox.counts["refused"] == 2


def test_a_mail_whose_reading_fails_is_refused(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.customer()
    scene.post.put(scene.writes(mail_id="<1@m>"), scene.writes(mail_id="<2@m>", text="poison"))
    whole = mime.parse

    def poisoned(content: bytes, **more: float) -> mime.Mail:
        if b"poison" in content:
            raise RuntimeError("a fault of ours")
        return whole(content, **more)

    monkeypatch.setattr(mime, "parse", poisoned)
    scene.sync(scene.connected(["INBOX"]))
    assert sorted(scene.items()) == [("refused", "unreadable"), ("stored", "contact")]


def test_a_domain_is_what_stands_behind_the_last_at() -> None:
    assert domain_of('"a@b"@c.example') == "c.example"
