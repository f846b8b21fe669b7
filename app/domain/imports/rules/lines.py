"""A stream of bytes as lines of text, each with the place in the file where it ends."""

import codecs
from collections.abc import Iterable, Iterator

from app.domain.imports.rules.limits import LINE_BYTES

# (text with its line end, offset of the byte after it); a line beyond all measure comes as None.
Line = tuple[str | None, int]


def lines(pieces: Iterable[bytes], encoding: str, newline: str = "\n", start: int = 0) -> Iterator[Line]:
    """The lines of `pieces`, which begin at byte `start` of the file.

    Bytes that the encoding does not know become lone surrogates, so that nothing is lost or invented.
    """
    if encoding.startswith("utf-16"):
        return _wide_lines(pieces, encoding, newline, start)
    return _byte_lines(pieces, encoding, newline.encode("ascii"), start)


def _byte_lines(pieces: Iterable[bytes], encoding: str, newline: bytes, start: int) -> Iterator[Line]:
    offset = start
    for line in _split(pieces, newline):
        if isinstance(line, int):
            offset += line
            yield None, offset
        else:
            offset += len(line)
            yield line.decode(encoding, "surrogateescape"), offset


def _split(pieces: Iterable[bytes], newline: bytes) -> Iterator[bytes | int]:
    """Lines as bytes; one that is too long comes as its number of bytes."""
    rest = b""
    dropped = 0
    for piece in pieces:
        parts = (rest + piece).split(newline)
        rest = parts.pop()
        if parts and dropped:
            yield dropped + len(parts.pop(0)) + len(newline)
            dropped = 0
        for part in parts:
            yield part + newline if len(part) <= LINE_BYTES else len(part) + len(newline)
        if len(rest) > LINE_BYTES or dropped:
            dropped += len(rest)
            rest = b""
    if dropped or len(rest) > LINE_BYTES:
        yield dropped + len(rest)
    elif rest:
        yield rest


def _wide_lines(pieces: Iterable[bytes], encoding: str, newline: str, start: int) -> Iterator[Line]:
    """UTF-16: a line end is two bytes, so the text is split after decoding."""
    offset = start
    for line in _split_text(_decoded(pieces, encoding), newline):
        if isinstance(line, int):
            offset += line
            yield None, offset
        else:
            offset += _wide_length(line)
            yield line, offset


def _decoded(pieces: Iterable[bytes], encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)("surrogatepass")
    for piece in pieces:
        yield decoder.decode(piece)
    try:
        yield decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        yield "\udcff"  # half a letter at the very end: its row is refused


def _split_text(pieces: Iterable[str], newline: str) -> Iterator[str | int]:
    rest = ""
    dropped = 0
    for piece in pieces:
        parts = (rest + piece).split(newline)
        rest = parts.pop()
        if parts and dropped:
            yield dropped + _wide_length(parts.pop(0) + newline)
            dropped = 0
        for part in parts:
            yield part + newline if len(part) <= LINE_BYTES else _wide_length(part + newline)
        if len(rest) > LINE_BYTES or dropped:
            dropped += _wide_length(rest)
            rest = ""
    if dropped:
        yield dropped + _wide_length(rest)
    elif rest:
        yield rest


def _wide_length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass"))
