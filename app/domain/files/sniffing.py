"""What the first bytes of a file say about its type, whatever its name."""

import puremagic

from app.domain.files.rules import HTML, PDF, SVG, UNKNOWN

HEAD = 4096
# Readers of PDF look for its mark within so many bytes.
_PDF_WITHIN = 1024
_MARKUP = ((SVG, (b"<svg",)), (HTML, (b"<!doctype html", b"<html", b"<script", b"<body", b"<iframe")))
_VAGUE = frozenset({"application/xml", "text/xml", "text/plain", UNKNOWN})


def sniff(head: bytes, claimed: str) -> str:
    """The media type of a file that begins with `head`; of several that fit, the one that is `claimed`."""
    found = _signatures(head)
    best = found[0] if found else UNKNOWN
    if _is_text(head) and (best in _VAGUE or claimed.startswith("text/")):
        return _markup(head) or (claimed if claimed.startswith("text/") else "text/plain")
    if claimed in found:
        return claimed
    if b"%PDF-" in head[:_PDF_WITHIN] and not best.startswith("image/"):
        return PDF
    return best


def _signatures(head: bytes) -> list[str]:
    """Types whose signature fits, the likeliest first."""
    try:
        return [match.mime_type for match in puremagic.magic_string(head) if match.mime_type]
    except (puremagic.PureError, ValueError):
        return []


def _markup(head: bytes) -> str | None:
    lower = head.lower()
    return next((kind for kind, marks in _MARKUP if any(mark in lower for mark in marks)), None)


def _is_text(head: bytes) -> bool:
    if b"\0" in head:
        return False
    try:
        head.decode()
    except UnicodeDecodeError as error:
        # The head may end within a letter.
        return error.start >= len(head) - 3
    return True
