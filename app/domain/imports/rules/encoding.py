"""In which encoding a file's text was written."""

import codecs
from dataclasses import dataclass

from app.core.errors import Invalid
from app.core.text import N_

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What an archive, a picture or a workbook begins with, and its name.
_MAGIC = (
    (b"PK\x03\x04", N_("This is a workbook or an archive, not a CSV file. Save the sheet as CSV first.")),
    (b"\xd0\xcf\x11\xe0", N_("This is an old Excel workbook, not a CSV file. Save the sheet as CSV first.")),
    (b"%PDF", N_("This is a PDF document, not a CSV file.")),
    (b"\x1f\x8b", N_("This file is packed (gzip). Unpack it first.")),
)
_CONTROLS = frozenset(range(32)) - {0, 9, 10, 11, 12, 13, 26, 27}


@dataclass(frozen=True)
class EncodingGuess:
    """`certain` where the bytes prove it: a mark at the start, or valid UTF-8 with letters beyond ASCII."""

    encoding: str
    certain: bool


def guess_encoding(head: bytes, is_utf8: bool | None = None) -> EncodingGuess:
    """The encoding of a file that begins with `head`.

    `is_utf8` tells whether the whole file is valid UTF-8 where that is known; otherwise `head` decides.
    """
    for mark, name in _BOMS:
        if head.startswith(mark):
            return EncodingGuess(name, True)
    silent = _utf16_without_mark(head)
    if silent is not None:
        return EncodingGuess(silent, False)
    if is_utf8 if is_utf8 is not None else Utf8Check().feed(head).valid:
        return EncodingGuess("utf-8", True)
    return EncodingGuess("cp1252", False)


def bom_length(head: bytes, encoding: str) -> int:
    """How many bytes at the start only mark the encoding."""
    return next((len(mark) for mark, name in _BOMS if name == encoding and head.startswith(mark)), 0)


def _utf16_without_mark(head: bytes) -> str | None:
    """Text of mostly Latin letters in UTF-16 has a zero in every other byte."""
    sample = head[:4096]
    if len(sample) < 4:
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) / 2
    if odd > half * 0.7 and even < half * 0.1:
        return "utf-16-le"
    if even > half * 0.7 and odd < half * 0.1:
        return "utf-16-be"
    return None


def refuse_binary(head: bytes) -> None:
    """Raise Invalid where the file plainly holds no text."""
    for magic, message in _MAGIC:
        if head.startswith(magic):
            raise Invalid.one("file", "not_text", message)
    if guess_encoding(head).encoding.startswith("utf-16"):
        return
    sample = head[:8192]
    controls = sum(byte in _CONTROLS for byte in sample) + max(sample.count(0) - 16, 0)
    if sample and controls / len(sample) > 0.02:
        raise Invalid.one(
            "file", "not_text", N_("This file holds no readable text. Choose a CSV file, saved as text.")
        )


class Utf8Check:
    """Whether bytes fed piece by piece are valid UTF-8; a piece may end within a letter."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self.valid = True

    def feed(self, piece: bytes) -> "Utf8Check":
        """Look at the next `piece`."""
        if self.valid:
            try:
                self._decoder.decode(piece)
            except UnicodeDecodeError:
                self.valid = False
        return self
