"""A person's name in one cell, as first and last name."""

_PARTICLES = frozenset(
    "af al auf bin d' da das de del della den der des di do dos du el la le les op san st. ten ter to van "
    "vom von zu zum zur".split()
)
_TITLES = frozenset("mr mrs ms miss mx dr prof herr frau hr fr dipl.-ing ing mag sir".split())


def split_name(text: str) -> tuple[str, str]:
    """First and last name: "Maria de la Cruz" -> Maria, de la Cruz; "Cruz, Maria" -> Maria, Cruz.

    A single word is the last name; a title in front is left out.
    """
    before, comma, after = (part.strip() for part in text.partition(","))
    if comma and after and after.lower().rstrip(".") not in {"jr", "sr", "ii", "iii", "phd"}:
        return " ".join(after.split()), " ".join(before.split())
    words = text.split()
    while len(words) > 1 and words[0].lower().rstrip(".") in _TITLES:
        words.pop(0)
    if len(words) < 2:
        return "", " ".join(words)
    start = len(words) - 1
    while start > 1 and words[start - 1].lower() in _PARTICLES:
        start -= 1
    return " ".join(words[:start]), " ".join(words[start:])
