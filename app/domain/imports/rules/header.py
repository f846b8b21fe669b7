"""The names of a table's columns, written in its first row or made up."""

import re

_VALUE = re.compile(r"[\s\d.,:/+()€$£%-]*\d[\s\d.,:/+()€$£%-]*|\S+@\S+\.\S+|0x[0-9a-fA-F]+")
LONGEST_NAME = 200
# What a file of refused rows adds to the columns it came with.
REPORT = ("Import line", "Import column", "Import code", "Import reason")


def has_header(first: list[str], known: bool) -> bool:
    """Whether the first row holds names of columns; `known` tells that one of them is a well-known name."""
    if known:
        return True
    filled = [cell.strip() for cell in first if cell.strip()]
    return (
        bool(filled) and len(filled) * 2 > len(first) and not any(_VALUE.fullmatch(cell) for cell in filled)
    )


def column_names(first: list[str], header: bool) -> list[str]:
    """One name a column, each different: a repeated one gets its number, an empty one its place."""
    names: list[str] = []
    seen: set[str] = set()
    for place, cell in enumerate(first, start=1):
        base = _tidy(cell) if header else ""
        name = base or f"Column {place}"
        count = 1
        while name.casefold() in seen:
            count += 1
            name = f"{base or f'Column {place}'} ({count})"
        seen.add(name.casefold())
        names.append(name)
    return names


def repeated(first: list[str]) -> list[str]:
    """Names that stand over more than one column."""
    tidy = [_tidy(cell).casefold() for cell in first if cell.strip()]
    return sorted({_tidy(cell) for cell in first if tidy.count(_tidy(cell).casefold()) > 1})


def _tidy(cell: str) -> str:
    text = "".join(letter for letter in cell if letter.isprintable() or letter.isspace())
    return " ".join(text.split())[:LONGEST_NAME]


def is_mended(names: list[str]) -> bool:
    """Whether this is a file of refused rows that comes back."""
    return set(REPORT) <= set(names)
