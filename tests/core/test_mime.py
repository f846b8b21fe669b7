"""Mail of strangers: all of it is read or refused with a reason, none of it takes long."""

from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from app.core.mime import MOST_BYTES, Refused, parse
from tests.pace import processor_seconds, slowness

SAMPLES = Path(__file__).parents[3] / "shared" / "data" / "mail_mime"
HOSTILE = {
    "a long header": b"From: " + b"a <b@c.de>, " * 17_000 + b"\r\n\r\nx",
    "a long list of addresses": b"To: " + b"a <b@c.de>, " * 5_000 + b"\r\n\r\nx",
    "many comments": b"From: " + b"(" * 60_000 + b"\r\n\r\nx",
    "many quotes": b"From: " + b'"' * 60_001 + b"\r\n\r\nx",
    "many encoded words": b"Subject: " + b"=?utf-8?q?a?= " * 4_200 + b"\r\n\r\nx",
    "many parameters": b"Content-Type: text/plain; " + b"a=b; " * 12_000 + b"\r\n\r\nx",
    "one long line": b"Subject: x\r\n\r\n" + b"x" * 10_000_000,
}


def nested(depth: int) -> bytes:
    opened = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (level, level)
        for level in range(depth)
    )
    return opened + b"\r\nx\n" * 100


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples lie beside the repository")
def test_every_sample_is_read_in_time() -> None:
    samples = sorted(SAMPLES.rglob("*.eml"))
    assert len(samples) > 40
    limit = 2 * slowness()
    for sample in samples:
        taken = processor_seconds(partial(parse, sample.read_bytes(), most_seconds=600))
        assert taken < limit, sample.name


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_mail_takes_no_time(name: str) -> None:
    def read() -> None:
        with suppress(Refused):
            parse(HOSTILE[name])

    assert processor_seconds(read) < 2 * slowness()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"x" * (MOST_BYTES + 1), "size"),
        (b" \r\n ", "empty"),
        (nested(60), "depth"),
        (b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 600, "parts"),
        (b"Subject: " + b"x" * 70_000 + b"\r\n\r\nx", "header"),
    ],
)
def test_what_breaks_a_limit_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        parse(content)
    assert refused.value.reason == reason


def test_too_slow_a_mail_is_given_up() -> None:
    with pytest.raises(Refused) as refused:
        parse(nested(40) + b"\r\nx\n" * 200_000, most_seconds=0.001)
    assert refused.value.reason == "time"


def test_parts_find_their_place() -> None:
    mail = parse(
        b"From: =?utf-8?q?J=C3=B6rg?= <Joerg@Example.com>\r\nTo: a@b.example, c@d.example\r\n"
        b"Subject: =?utf-8?b?R3LDvMOfZQ==?=\r\nMessage-ID: <1@x>\r\nIn-Reply-To: <0@x>\r\n"
        b"References: <a@x> <0@x>\r\nDate: Fri, 20 Nov 2026 10:00:00 +0100\r\n"
        b"Content-Type: multipart/mixed; boundary=m\r\n\r\n"
        b"--m\r\nContent-Type: multipart/alternative; boundary=a\r\n\r\n"
        b"--a\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHallo\r\n"
        b"--a\r\nContent-Type: text/html\r\n\r\n<p>Hallo</p>\r\n--a--\r\n"
        b"--m\r\nContent-Type: image/png\r\nContent-ID: <logo>\r\nContent-Disposition: attachment; "
        b'filename="../logo.png"\r\nContent-Transfer-Encoding: base64\r\n\r\nAAEC\r\n--m--\r\n'
    )
    assert (mail.sender.name, mail.sender.email, mail.subject) == ("Jörg", "joerg@example.com", "Grüße")
    assert [each.email for each in mail.to] == ["a@b.example", "c@d.example"]
    assert (mail.mail_id, mail.in_reply_to, mail.references) == ("<1@x>", "<0@x>", ("<a@x>", "<0@x>"))
    assert (mail.text.strip(), mail.html.strip()) == ("Hallo", "<p>Hallo</p>")
    assert [(each.content, each.content_id) for each in mail.attachments] == [(b"\x00\x01\x02", "logo")]
    assert mail.sent_at is not None
    assert mail.sent_at.isoformat() == "2026-11-20T09:00:00+00:00"


@pytest.mark.parametrize(
    "text",
    ["=?utf-8?q?a=0D=0ABcc:_x@y.example?=", "a\r\n\tBcc: x@y.example", "a\u2028Bcc: x@y.example", "a\x85Bcc"],
)
def test_no_header_breaks_its_line(text: str) -> None:
    mail = parse(f"Subject: {text}\r\nFrom: {text} <a@b.example>\r\n\r\nx".encode())
    for told in (mail.subject, mail.sender.name, mail.sender.email):
        assert len(told.splitlines()) <= 1


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("Auto-Submitted: auto-replied", "reply"),
        ("Auto-Submitted: no", ""),
        ("Precedence: bulk", "list"),
        ("List-Id: <x.example>", "list"),
        ("Content-Type: multipart/report; boundary=x", "bounce"),
        ("Return-Path: <>", "bounce"),
        ("From: MAILER-DAEMON@example.com", "bounce"),
        ("X-Autoreply: yes", "reply"),
    ],
)
def test_what_nobody_wrote_is_known(header: str, kind: str) -> None:
    assert parse(f"{header}\r\nSubject: x\r\n\r\nx".encode()).automatic == kind


def test_nothing_unstorable_is_left() -> None:
    mail = parse(b"Subject: a\x00b\xff\r\n\r\nx\x00y\xed\xa0\x80z")
    for told in (mail.subject, mail.text):
        assert "\x00" not in told
        told.encode()
