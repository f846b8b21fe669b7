"""Cells of a file we write, so that no spreadsheet takes one for a formula (OWASP: CSV injection)."""

import re

_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_HARMLESS = re.compile(r"[+-][\d\s().,/-]*\d[\d\s().,/-]*")  # a phone or an amount is no formula


def safe_cell(text: str) -> str:
    """`text` with an apostrophe in front where a spreadsheet might run it."""
    if text.startswith(_RISKY) and not _HARMLESS.fullmatch(text):
        return "'" + text
    return text


def original_cell(text: str) -> str:
    """What `safe_cell` was given, for a file that comes back."""
    if text.startswith("'") and text[1:].startswith(_RISKY) and not _HARMLESS.fullmatch(text[1:]):
        return text[1:]
    return text
