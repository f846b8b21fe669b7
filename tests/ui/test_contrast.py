"""Words and the edges of controls can be read on every surface they stand on, in both themes."""

import re
from itertools import product

import pytest

from app.config import ROOT

TOKENS = (ROOT / "app/static/src/css/tokens/tokens.css").read_text()
PAIR = re.compile(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), ?(#[0-9a-f]{6})\)")
COLOURS = {
    theme: {name: (light, dark)[place] for name, light, dark in PAIR.findall(TOKENS)}
    for place, theme in enumerate(("light", "dark"))
}
FACES = re.findall(r"--face-\d: (#[0-9a-f]{6})", TOKENS)

SURFACES = ("bg", "panel", "raised", "hover", "on", "select")
STATES = ("broken", "risk", "kept", "planned")
TEXT = [
    *product(("ink", "muted"), (*SURFACES, "plain-soft")),
    *product(("faint",), ("bg", "panel", "raised", "hover")),
    *product(STATES, ("panel", "raised", "hover", "select", "bg")),
    *((state, f"{state}-soft") for state in STATES),
    ("ink", "broken-soft"),
    ("focus", "raised"),
    ("on-accent", "accent"),
    ("on-accent", "accent-hover"),
    ("on-accent-muted", "accent"),
]
EDGES = [
    *product(("line-control", "focus"), ("bg", "panel", "raised", "hover", "select")),
    ("broken", "raised"),
]


@pytest.mark.parametrize("theme", COLOURS)
@pytest.mark.parametrize(("words", "surface"), TEXT, ids=lambda name: name)
def test_words_stand_out_from_their_surface(theme: str, words: str, surface: str) -> None:
    assert contrast(COLOURS[theme][words], COLOURS[theme][surface]) >= 4.5


@pytest.mark.parametrize("theme", COLOURS)
@pytest.mark.parametrize(("edge", "surface"), EDGES, ids=lambda name: name)
def test_edges_of_controls_can_be_seen(theme: str, edge: str, surface: str) -> None:
    assert contrast(COLOURS[theme][edge], COLOURS[theme][surface]) >= 3


@pytest.mark.parametrize("face", FACES)
def test_white_letters_can_be_read_on_faces(face: str) -> None:
    assert contrast("#ffffff", face) >= 4.5


def test_eight_faces_as_the_code_counts_them() -> None:
    assert len(FACES) == 8


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.2, 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
