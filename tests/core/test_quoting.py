"""What somebody wrote in a reply, cut from what is quoted, however long or hostile the text."""

import pytest

from app.core.quoting import split
from tests.pace import processor_seconds, slowness

REPLIES = [
    ("Ja\n\nGruß\nCarol\n\nAm 20.11.2026 um 10:11 schrieb N <r@x>:\n> Frage\n", "Ja\n\nGruß\nCarol"),
    ("Ja\n\nAm Fr., 20. Nov. 2026 um 10:11 Uhr schrieb Nordwind GmbH <r@x>:\n\n> x\n", "Ja"),
    ("Yes please\n\nOn Fri, Nov 20, 2026 at 10:11 AM Nordwind <\nr@x> wrote:\n\n> hello\n", "Yes please"),
    ("ja\n\nVon: N <r@x.de>\nGesendet: Freitag, 20. November 2026 10:11\nAn: C\nBetreff: 1\n\nTag", "ja"),
    ("ok\n\n-----Ursprüngliche Nachricht-----\nVon: x\n\nfoo", "ok"),
]  # fmt: skip
WHOLE = [
    "> nur ein Zitat\n> und mehr",
    "> Frage 1\nAntwort 1\n> Frage 2\nAntwort 2",
    "Hi,\n\nOn Tue Bob wrote:\n\n> can you?\n\nYes, I can.\n\n> and you?\n\nMe too.",
    "Nothing is quoted here.\n\nOn the other hand, who knows.",
]
HOSTILE = ["\n" * 50_000, "On " * 17_000, "Am " * 17_000, ("On x\n") * 10_000, ">" * 50_000, " " * 50_000]
HOSTILE += ["a" * 50_000, "-\n" * 25_000, "_" * 50_000, "Von: x\nAn: y\n" * 4_000]


@pytest.mark.parametrize(("text", "reply"), REPLIES)
def test_the_reply_is_cut_from_the_quotation(text: str, reply: str) -> None:
    found, quoted = split(text)
    assert found == reply
    assert quoted


@pytest.mark.parametrize("text", WHOLE)
def test_no_word_of_somebodys_own_is_cut(text: str) -> None:
    assert split(text) == (text, "")


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_takes_no_time(text: str) -> None:
    assert processor_seconds(lambda: split(text)) < slowness()
