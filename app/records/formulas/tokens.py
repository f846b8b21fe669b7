"""The words and signs of a formula, after the lexical part of the CEL specification."""

import re
from dataclasses import dataclass
from typing import Literal

from app.core.text import N_
from app.records.formulas.wrong import WrongFormula

LONGEST = 2_000
Sort = Literal["name", "number", "text", "sign", "end"]

_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n\f\xa0]+|//[^\n]*)
      | (?P<number>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)
      | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
      | (?P<sign>&&|\|\||==|!=|<=|>=|[-+*/%<>!?:.,()\[\]])""",
    re.VERBOSE | re.ASCII,
)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", '"': '"', "'": "'"}
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)
# What people bring along from spreadsheets and other languages.
_INSTEAD = {"=": "==", "&": "&&", "|": "||", "“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", ";": ","}


@dataclass(frozen=True)
class Token:
    """One word or sign: what it is, its text as meant, and where it begins."""

    sort: Sort
    text: str
    at: int


def tokens(source: str) -> list[Token]:
    """The words and signs of `source`, the end behind them; raises WrongFormula."""
    if len(source) > LONGEST:
        message = N_("A formula has at most %(most)s characters. Divide it into several fields.")
        raise WrongFormula("too_long", message, LONGEST, most=LONGEST)
    found, at = [], 0
    while at < len(source):
        match = _TOKEN.match(source, at)
        if match is None:
            raise _stray(source, at)
        sort = match.lastgroup or ""
        if sort == "text":
            found.append(Token("text", _unescaped(match.group()[1:-1], at), at))
        elif sort != "space":
            found.append(Token(sort, match.group(), at))  # type: ignore[arg-type]
        at = match.end()
    return [*found, Token("end", "", len(source))]


def _stray(source: str, at: int) -> WrongFormula:
    sign = source[at]
    if sign in "\"'":
        return WrongFormula(
            "open_text", N_("The text that begins here has no end. Close it with %(sign)s."), at, sign=sign
        )
    if sign in _INSTEAD:
        message = N_("%(sign)s is no sign of a formula. Write %(instead)s.")
        return WrongFormula("bad_sign", message, at, sign=sign, instead=_INSTEAD[sign])
    shown = sign if sign.isprintable() else f"U+{ord(sign):04X}"
    return WrongFormula("bad_sign", N_("%(sign)s means nothing in a formula. Remove it."), at, sign=shown)


def _unescaped(text: str, at: int) -> str:
    def meant(match: re.Match[str]) -> str:
        code, letter = match.groups()
        if code is not None:
            plain = chr(int(code, 16))
        elif letter in _ESCAPES:
            plain = _ESCAPES[letter]
        else:
            raise WrongFormula(
                "bad_text", N_("A text knows \\n, \\t, \\\\, \\' and \\\"; write others as they are."), at
            )
        return plain

    told = _ESCAPE.sub(meant, text)
    if "\x00" in told or any("\ud800" <= sign <= "\udfff" for sign in told):
        raise WrongFormula("bad_text", N_("This text has characters that cannot be stored. Remove them."), at)
    return told
