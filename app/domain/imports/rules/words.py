"""Words that stand for nothing, yes, no, and for "make it empty"."""

EMPTY = frozenset({"null", "n/a", "#n/a", "-", "--", "none", "nil", "(null)", "\\n"})
_LONGEST = 8
CLEAR = "\\0"
YES = frozenset({"1", "y", "yes", "true", "t", "x", "on", "j", "ja", "wahr"})
NO = frozenset({"0", "n", "no", "false", "f", "off", "nein", "falsch"})


def is_empty(cell: str, words: frozenset[str] = EMPTY) -> bool:
    """Whether a cell says nothing."""
    text = cell.strip()
    return not text or (len(text) < _LONGEST and text.lower() in words)


def is_missing(cell: str) -> bool:
    """Whether a cell is R's word for a missing value; it is also Namibia and a family name."""
    return cell.strip() == "NA"


def parse_boolean(cell: str) -> bool | None:
    """Yes or no as people write it in English and German, or None."""
    word = cell.strip().lower()
    if word in YES:
        return True
    return False if word in NO else None
