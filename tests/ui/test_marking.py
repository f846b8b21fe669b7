"""What matched is marked, however it was spelled; what is in a text stays text."""

import pytest

from app.ui.marking import marked


@pytest.mark.parametrize(
    ("text", "typed", "told"),
    [
        ("Jörg Müller", "mul", "Jörg <mark>Mül</mark>ler"),
        ("Jörg Müller", "mueller", "Jörg <mark>Müller</mark>"),
        ("Lars Mueller", "müller", "Lars <mark>Mueller</mark>"),
        ("Jonathan Straße", "strass", "Jonathan <mark>Straß</mark>e"),
        ("Müller Jörg", "jörg müller", "<mark>Müller</mark> <mark>Jörg</mark>"),
        ("Anna Hanna", "hann", "Anna <mark>Hann</mark>a"),
        ("<b>Fett & Co", "fett", "&lt;b&gt;<mark>Fett</mark> &amp; Co"),
        ("Anna", "anna ann", "<mark>Anna</mark>"),
        ("Nobody", "somebody", "Nobody"),
        ("SO-4711", "so-47", "<mark>SO-47</mark>11"),
        ("", "a", ""),
        ("Text", "", "Text"),
    ],
)
def test_match_is_marked(text: str, typed: str, told: str) -> None:
    assert str(marked(text, typed)) == told
