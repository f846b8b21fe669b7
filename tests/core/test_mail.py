"""No value becomes a header, and mail that cannot go now goes later."""

from dataclasses import replace

import pytest

from app.config import Settings
from app.core import process
from app.core.errors import Invalid, Unavailable
from app.core.mail import Letter, checked, compose, one_line, send

LETTER = Letter("4f", "carol@meyer.example", "Hello", "Text\n", "<p>Text</p>")
BREAKS = ["\r\n", "\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\x00"]


@pytest.fixture(autouse=True)
def _process(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "_settings", settings)


@pytest.mark.parametrize("line_break", BREAKS)
def test_line_breaks_never_reach_a_header(line_break: str) -> None:
    nasty = f"Hello{line_break}Bcc: all@victims.example"
    message = compose(replace(LETTER, subject=nasty, sender=nasty))
    assert message["Bcc"] is None
    assert message["Subject"] == "Hello Bcc: all@victims.example"
    head = message.as_bytes().split(b"\n\n")[0]
    assert not any(line.lower().startswith(b"bcc") for line in head.splitlines())


@pytest.mark.parametrize("encoded", ["=?utf-8?q?=0D=0A?=", "=?utf-8?b?DQo=?=", "=?utf-8?q?=0A?="])
def test_encoded_line_breaks_stay_encoded(encoded: str) -> None:
    nasty = f"Hello{encoded}Bcc: all@victims.example"
    message = compose(replace(LETTER, subject=nasty, sender=nasty))
    head = message.as_bytes().split(b"\n\n")[0]
    assert not any(line.lower().startswith(b"bcc") for line in head.splitlines())
    assert message["Bcc"] is None
    assert message["To"] == "carol@meyer.example"


@pytest.mark.parametrize("line_break", BREAKS)
def test_address_with_line_break_is_refused(line_break: str) -> None:
    with pytest.raises(Invalid):
        checked(f"carol@meyer.example{line_break}Bcc: all@victims.example")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "carol",
        "a@b, c@d",
        "a@b;c@d",
        "Carol <a@b>",
        "a b@c",
        "<a@b>",
        f"{'a' * 250}@b.example",
        "a@b@c,d@e",
    ],
)
def test_what_is_not_one_address_is_refused(address: str) -> None:
    with pytest.raises(Invalid):
        checked(address)


def test_encoded_words_stay_inside_the_subject() -> None:
    message = compose(replace(LETTER, subject="=?utf-8?q?Hello=0D=0ABcc:_all=40victims.example?="))
    assert message["Bcc"] is None
    assert message["To"] == "carol@meyer.example"


def test_message_keeps_its_id_and_both_parts() -> None:
    message = compose(LETTER)
    assert message["Message-ID"] == "<4f@localhost>"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


def test_one_line_keeps_every_word() -> None:
    assert one_line(" Köln\r\n am Rhein\t") == "Köln  am Rhein"


def test_mail_server_that_is_away_is_unavailable(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "_settings", replace(settings, smtp_url="smtp://127.0.0.1:1"))
    with pytest.raises(Unavailable):
        send(LETTER)


def test_conversation_stands_in_the_header() -> None:
    letter = replace(
        LETTER,
        reply_to="reply+abc@localhost",
        before=("<1@x>", "<2@x>"),
        stop_url="https://nordwind-portal.kith.example.com/l/" + "a_-B" * 11 + "/notices",
    )
    raw = compose(letter).as_bytes().decode()
    assert f"\nList-Unsubscribe: <{letter.stop_url}>\n" in raw
    assert "\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\n" in raw
    assert "\nReply-To: reply+abc@localhost\n" in raw
    assert "\nIn-Reply-To: <2@x>\nReferences: <1@x> <2@x>\n" in raw
    assert "\nAuto-Submitted: auto-generated\n" in raw


def test_what_a_person_wrote_is_no_machines_mail() -> None:
    assert compose(replace(LETTER, is_written=True))["Auto-Submitted"] is None
