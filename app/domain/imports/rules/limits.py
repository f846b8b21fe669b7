"""How large a file may be, and the sentence for each limit."""

from app.core.errors import Invalid
from app.core.text import N_

FILE_BYTES = 512 * 1024 * 1024
ROWS = 1_048_576
COLUMNS = 1_000
CELL_CHARACTERS = 100_000
LINE_BYTES = 8 * 1024 * 1024
OPEN_QUOTES = 100

ENCODINGS: dict[str, str] = {
    "utf-8": "UTF-8",
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
    "cp1252": "Windows-1252 (Western Europe)",
    "iso8859-15": "ISO 8859-15 (Western Europe)",
    "cp1250": "Windows-1250 (Central Europe)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "mac-roman": "Mac Roman",
}
DELIMITERS: dict[str, str] = {",": N_("Comma"), ";": N_("Semicolon"), "\t": N_("Tab"), "|": N_("Bar")}


def check_size(size: int) -> None:
    """Raise Invalid unless a file of `size` bytes may be imported."""
    if size == 0:
        raise Invalid.one("file", "empty", N_("This file is empty. Choose a file with at least one row."))
    if size > FILE_BYTES:
        raise Invalid.one(
            "file",
            "too_large",
            N_("This file has %(size)s MB; up to %(limit)s MB can be imported at once. Split it in two."),
            size=-(-size // 1_048_576),
            limit=FILE_BYTES // 1_048_576,
        )


def check_columns(count: int) -> None:
    """Raise Invalid unless a table may have `count` columns."""
    if count > COLUMNS:
        raise Invalid.one(
            "file",
            "too_many_columns",
            N_("This file has %(count)s columns; up to %(limit)s can be imported."),
            count=count,
            limit=COLUMNS,
        )


def check_rows(count: int) -> None:
    """Raise Invalid unless a file may have `count` rows."""
    if count > ROWS:
        raise Invalid.one(
            "file",
            "too_many_rows",
            N_("This file has more than %(limit)s rows. Split it and import one part after the other."),
            limit=ROWS,
        )
