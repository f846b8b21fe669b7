"""What somebody wrote in a reply, and the mail that is quoted beneath it: English and German."""

import re

from mailparser_reply import EmailReplyParser

# The parser's patterns take a time that grows faster than the text: it looks at so much and no more.
_LOOKED_AT = 6_000
_LONGEST_LINE = 300
_GAPS = re.compile(r"\n{3,}")
_RULE = re.compile(r"[-_=*]{5,}")
_FORWARDED = re.compile(
    r"\s*-{2,} ?(original message|ursprüngliche nachricht|original-nachricht) ?-{2,}", re.I
)
_MARK = "\N{HORIZONTAL ELLIPSIS}"

_parser = EmailReplyParser(languages=["en", "de"])


def split(text: str) -> tuple[str, str]:
    """The reply in a mail's text, and what is quoted.

    Nothing is cut where no quotation is found, where nothing else is in it, or where somebody answered
    between the lines.
    """
    whole = _calm(text)
    lines = whole.split("\n")
    kept = _kept(whole)
    if kept is None or _is_interleaved(lines[kept:]):
        return whole, ""
    while kept and (_RULE.fullmatch(lines[kept - 1].strip()) or not lines[kept - 1]):
        kept -= 1
    reply = "\n".join(lines[:kept]).strip()
    return (reply, "\n".join(lines[kept:]).strip()) if reply else (whole, "")


def _kept(whole: str) -> int | None:
    """How many lines the reply has; None where nothing follows it."""
    shortened = [_short(line) for line in _head(whole).split("\n")]
    forwarded = next((at for at, line in enumerate(shortened) if _FORWARDED.fullmatch(line)), None)
    if forwarded:
        shortened = shortened[:forwarded]
    found = (_parser.parse_reply("\n".join(shortened)) or "").strip().split("\n")
    begins_so = [line.strip() for line in shortened[: len(found)]] == [line.strip() for line in found]
    if not begins_so or not found[0]:
        return forwarded
    return len(found) if len(found) < whole.count("\n") + 1 else None


def _is_interleaved(tail: list[str]) -> bool:
    """Whether somebody's own words follow lines that are marked as quoted."""
    quoted = [at for at, line in enumerate(tail) if line.lstrip().startswith(">")]
    if not quoted:
        return False
    for line in tail[quoted[0] :]:
        if line == "--" or _RULE.fullmatch(line.strip()):  # a signature, a list's footer
            return False
        if line and not line.lstrip().startswith(">"):
            return True
    return False


def _calm(text: str) -> str:
    """Without spaces at the ends of lines and without gaps of many lines."""
    return _GAPS.sub("\n\n", "\n".join(line.rstrip() for line in text.split("\n"))).strip()


def _head(text: str) -> str:
    if len(text) <= _LOOKED_AT:
        return text
    return text[:_LOOKED_AT].rpartition("\n")[0] or text[:_LOOKED_AT]


def _short(line: str) -> str:
    return line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]}{_MARK}"
