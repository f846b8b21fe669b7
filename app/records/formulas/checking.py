"""What each part of a formula holds is known before it runs; what comes out is strict CEL for the engine.

Every name becomes a variable of its own, every number a double, amounts, days and instants whole numbers, and
what mixes them a call: the engine never has to guess, and there is nothing in a formula that it would reject.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from difflib import get_close_matches

from app.core.text import N_
from app.records.formulas.functions import FUNCTIONS, METHODS, Function
from app.records.formulas.kinds import PLACES, WORDS, Usable
from app.records.formulas.parsing import Node, parse
from app.records.formulas.wrong import WrongFormula

_ORDERED = frozenset({"number", "money", "date", "datetime", "text"})
_LARGEST = Decimal(10) ** 15
_WEAKEST, _STRONGEST = 0, 9
_STRENGTH: Mapping[str, int] = {
    "?:": 0,
    "||": 1,
    "&&": 2,
    "==": 3,
    "!=": 3,
    "<": 3,
    "<=": 3,
    ">": 3,
    ">=": 3,
    "in": 3,
    "+": 4,
    "-": 4,
    "*": 5,
    "/": 5,
}
# What signs make of which parts: what comes of it, and its CEL.
_MIXED: Mapping[tuple[str, str, str], tuple[str, str]] = {
    **{("number", sign, "number"): ("number", "{plain}") for sign in "+-*"},
    ("number", "/", "number"): ("number", "k_quotient({one}, {other})"),
    ("number", "%", "number"): ("number", "k_rest({one}, {other})"),
    **{("money", sign, "money"): ("money", "{plain}") for sign in "+-"},
    ("text", "+", "text"): ("text", "{plain}"),
    ("money", "*", "number"): ("money", "k_times({one}, {other})"),
    ("number", "*", "money"): ("money", "k_times({other}, {one})"),
    ("money", "/", "number"): ("money", "k_part({one}, {other})"),
    ("money", "/", "money"): ("number", "k_ratio({one}, {other})"),
    ("date", "-", "date"): ("number", "double({plain})"),
    **{("date", sign, "number"): ("date", "{left} {sign} k_days({other})") for sign in "+-"},
    ("datetime", "-", "datetime"): ("number", "(double({plain}) / 86400000000.0)"),
    ("datetime", "+", "number"): ("datetime", "k_later({one}, {other})"),
    ("datetime", "-", "number"): ("datetime", "k_later({one}, -({other}))"),
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CLOCK = frozenset({"now", "today", "current_time", "rand", "random", "uuid"})


@dataclass(frozen=True)
class Part:
    """A checked part: what it holds, its CEL, how strongly that binds, and the number where it is one."""

    kind: str
    cel: str
    strength: int = _STRONGEST
    literal: Decimal | None = None

    def within(self, strength: int) -> str:
        """Its CEL as an operand of something that binds so strongly."""
        return self.cel if self.strength >= strength else f"({self.cel})"


@dataclass(frozen=True)
class Checked:
    """A formula that may run: `kind` of its result, its CEL, and which field each variable stands for."""

    kind: str
    cel: str
    variables: Mapping[str, Usable]

    @property
    def uses(self) -> frozenset[str]:
        """Names of the fields that it reads."""
        return frozenset(each.name for each in self.variables.values())

    @property
    def currencies(self) -> tuple[str, ...]:
        """The fields that say in which currency its amounts are."""
        return tuple(dict.fromkeys(each.currency for each in self.variables.values() if each.currency))


def check(source: str, usable: Mapping[str, Usable]) -> Checked:
    """The formula with what it gives; raises WrongFormula."""
    checker = _Checker(usable)
    found = checker.part(parse(source))
    if found.kind in ("texts", "link", "links", "nothing"):
        message = N_(
            "The formula gives %(kind)s. It has to give text, a number, an amount, a date, or yes or no."
        )
        raise WrongFormula("bad_result", message, 0, kind=WORDS[found.kind])
    return Checked(
        found.kind, found.cel, {variable: usable[name] for name, variable in checker.names.items()}
    )


class _Checker:
    def __init__(self, usable: Mapping[str, Usable]) -> None:
        self._usable = usable
        self.names: dict[str, str] = {}

    def part(self, node: Node) -> Part:
        """The part that begins at `node`, checked."""
        if node.op in _STRENGTH or node.op == "%":
            return self._operation(node)
        match node.op:
            case "number":
                return _number(node)
            case "text":
                return Part("text", _quoted(node.word))
            case "constant":
                return Part("nothing" if node.word == "null" else "boolean", node.word)
            case "name":
                return self._name(node)
            case "list":
                return self._list(node)
            case "call":
                return self._method(node) if node.is_method else self._call(node)
            case "neg":
                return self._negative(node)
        inner = self._of(node.parts[0], "boolean")
        return Part("boolean", f"!{inner.within(_STRONGEST)}", _STRONGEST - 1)

    def _operation(self, node: Node) -> Part:
        match node.op:
            case "?:":
                return self._choice(node)
            case "&&" | "||":
                return self._both(node)
            case "in":
                return self._in(node)
            case "+" | "-" | "*" | "/" | "%":
                return self._sum(node)
        return self._comparison(node)

    def _name(self, node: Node) -> Part:
        field = self._usable.get(node.word)
        if field is None:
            raise _unknown(node, self._usable)
        return Part(field.kind, self.names.setdefault(node.word, f"v{len(self.names)}"))

    def _of(self, node: Node, *wanted: str) -> Part:
        found = self.part(node)
        if found.kind not in wanted:
            raise _other(node, found.kind, wanted[0])
        return found

    def _list(self, node: Node) -> Part:
        parts = [self._of(each, "text") for each in node.parts]
        return Part("texts", f"[{', '.join(each.cel for each in parts)}]")

    def _negative(self, node: Node) -> Part:
        inner = self._of(node.parts[0], "number", "money")
        literal = -inner.literal if inner.literal is not None else None
        if literal is not None:
            return replace(inner, cel=f"(-{inner.cel})", literal=literal)
        nought = "0" if inner.kind == "money" else "0.0"
        return Part(inner.kind, f"{nought} - {inner.within(_STRENGTH['*'])}", _STRENGTH["-"])

    def _choice(self, node: Node) -> Part:
        condition = self._of(node.parts[0], "boolean")
        one, other = self._alike(node, self.part(node.parts[1]), self.part(node.parts[2]))
        cel = f"{condition.within(1)} ? {one.within(1)} : {other.within(1)}"
        return Part(one.kind if one.kind != "nothing" else other.kind, cel, _WEAKEST)

    def _both(self, node: Node) -> Part:
        one, other = (self._of(each, "boolean") for each in node.parts)
        strength = _STRENGTH[node.op]
        return Part("boolean", f"{one.within(strength)} {node.op} {other.within(strength + 1)}", strength)

    def _in(self, node: Node) -> Part:
        other = self._of(node.parts[1], "texts", "links")
        one = self._of(node.parts[0], *(("link", "text") if other.kind == "links" else ("text",)))
        return Part("boolean", f"{one.within(4)} in {other.within(4)}", 3)

    def _comparison(self, node: Node) -> Part:
        one, other = self._alike(node, self.part(node.parts[0]), self.part(node.parts[1]))
        if node.op not in ("==", "!=") and one.kind not in _ORDERED:
            raise _other(node.parts[0], one.kind, "number")
        if one.kind == "links" or other.kind == "links":
            one, other = _emptied(one), _emptied(other)
        return Part("boolean", f"{one.within(4)} {node.op} {other.within(4)}", 3)

    def _alike(self, node: Node, one: Part, other: Part) -> tuple[Part, Part]:
        """Both as the same; a number that is written down is an amount beside an amount."""
        if "nothing" in (one.kind, other.kind):
            return one, other
        if one.kind == "money":
            other = _as_amount(other)
        elif other.kind == "money":
            one = _as_amount(one)
        if one.kind != other.kind:
            message = N_("%(sign)s cannot be used with %(kind)s and %(other_kind)s. Make both the same.")
            sign = "? :" if node.op == "?:" else node.word or node.op
            raise WrongFormula(
                "different", message, node.at, sign=sign, kind=WORDS[one.kind], other_kind=WORDS[other.kind]
            )
        return one, other

    def _sum(self, node: Node) -> Part:
        one, other = (self.part(each) for each in node.parts)
        if node.op in "+-":
            if one.kind == "money":
                other = _as_amount(other)
            elif other.kind == "money":
                one = _as_amount(one)
        found = _combined(node.op, one, other)
        if found is None:
            message = N_("%(sign)s cannot be used with %(kind)s and %(other_kind)s.")
            if "text" in (one.kind, other.kind) and node.op == "+":
                message = N_(
                    "%(sign)s cannot be used with %(kind)s and %(other_kind)s."
                    " Write string(...) around what is no text."
                )
            words = {"kind": WORDS[one.kind], "other_kind": WORDS[other.kind]}
            raise WrongFormula("different", message, node.at, sign=node.op, **words)
        return found

    def _method(self, node: Node) -> Part:
        if node.word == "orValue":
            return self._otherwise(node)
        if node.word == "size":
            return self._call(node)
        if node.word not in METHODS:
            raise _no_function(node, [*METHODS, "orValue", "size"])
        if len(node.parts) != 2:
            raise _wrong_number(node, "1")
        one, other = (self._of(each, "text") for each in node.parts)
        if node.word == "matches" and node.parts[1].op != "text":
            message = N_("A pattern is written down, in quotes.")
            raise WrongFormula("bad_pattern", message, node.parts[1].at)
        return Part("boolean", f"{one.within(_STRONGEST)}.{node.word}({other.cel})")

    def _otherwise(self, node: Node) -> Part:
        """What counts where a field is empty."""
        if len(node.parts) != 2:
            raise _wrong_number(node, "1")
        field, given = node.parts
        if field.op != "name":
            message = N_("orValue stands right behind the name of a field, as price.orValue(0).")
            raise WrongFormula("no_field", message, field.at)
        one, other = self._alike(node, self.part(field), self.part(given))
        return Part(one.kind, f"({one.cel} == {_empty(one)} ? {other.within(1)} : {one.cel})")

    def _call(self, node: Node) -> Part:
        if node.word == "has":
            return self._has(node)
        if node.word == "date" and len(node.parts) == 1 and node.parts[0].op == "text":
            return _day(node.parts[0])
        if node.word == "timestamp" and len(node.parts) == 1 and node.parts[0].op == "text":
            return _instant(node.parts[0])
        known = FUNCTIONS.get(node.word)
        if known is None:
            raise _no_function(node, [*FUNCTIONS, "has"])
        parts = [self.part(each) for each in node.parts]
        if node.word in ("min", "max") and any(each.kind == "money" for each in parts):
            parts = [_as_amount(each) for each in parts]
        chosen = next((each for each in known if _fits(each, parts)), None)
        if chosen is None:
            message = N_("%(name)s cannot be used so. It takes: %(takes)s.")
            takes = "; ".join(_signature(node.word, each) for each in known)
            raise WrongFormula("bad_arguments", message, node.at, name=node.word, takes=takes)
        if not chosen.engine:
            return parts[0]
        return Part(chosen.gives, f"{chosen.engine}({', '.join(each.cel for each in parts)})")

    def _has(self, node: Node) -> Part:
        if len(node.parts) != 1 or node.parts[0].op != "name":
            message = N_("has takes the name of a field, as has(closed_on).")
            raise WrongFormula("no_field", message, node.at)
        field = self.part(node.parts[0])
        return Part("boolean", f"{field.cel} != {_empty(field)}", 3)


def _empty(field: Part) -> str:
    """What stands for no value of the field: of several records a list without any."""
    return "[]" if field.kind == "links" else "null"


def _emptied(part: Part) -> Part:
    """The part beside several records, where nothing is none of them."""
    return replace(part, cel="[]") if part.kind == "nothing" else part


def _combined(sign: str, one: Part, other: Part) -> Part | None:
    """What an arithmetic sign makes of two parts; None where it makes nothing of them."""
    found = _MIXED.get((one.kind, sign, other.kind))
    if found is None:
        return None
    kind, form = found
    strength = _STRENGTH["*" if sign in "*/%" else "+"]
    plain = f"{one.within(strength)} {sign} {other.within(strength + 1)}"
    cel = form.format(plain=plain, sign=sign, one=one.cel, other=other.cel, left=one.within(strength))
    return Part(kind, cel, strength if form.startswith("{") else _STRONGEST)


def _as_amount(part: Part) -> Part:
    """A number that is written down as the amount it means beside amounts."""
    if part.literal is None:
        return part
    return Part("money", f"({int(part.literal * 10**PLACES)})")


def _number(node: Node) -> Part:
    value = Decimal(node.word)
    if abs(value) >= _LARGEST or (value and abs(value) < Decimal("1e-15")):
        raise WrongFormula("too_large", N_("This number is too large, or too close to nought."), node.at)
    written = repr(float(value))
    return Part("number", written if "." in written or "e" in written else f"{written}.0", literal=value)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\\/", "/").replace("\x7f", "\\u007f")


def _day(node: Node) -> Part:
    try:
        return Part("date", str(date.fromisoformat(node.word).toordinal()))
    except ValueError:
        message = N_("This is no day. Write it as date('2026-01-31').")
        raise WrongFormula("bad_date", message, node.at) from None


def _instant(node: Node) -> Part:
    try:
        found = datetime.fromisoformat(node.word)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        message = N_("This is no instant. Write it as timestamp('2026-01-31T09:00:00Z').")
        raise WrongFormula("bad_date", message, node.at)
    return Part("datetime", f"({(found - _EPOCH) // timedelta(microseconds=1)})")


def _fits(function: Function, parts: Sequence[Part]) -> bool:
    takes = function.takes
    if takes[-1] == "...":
        return len(parts) >= len(takes) - 1 and all(each.kind == takes[0] for each in parts)
    return tuple(each.kind for each in parts) == takes


def _signature(name: str, function: Function) -> str:
    return f"{name}({', '.join(function.takes)})"


def _unknown(node: Node, usable: Mapping[str, Usable]) -> WrongFormula:
    near = get_close_matches(node.word, usable, n=1, cutoff=0.5)
    if near:
        message = N_("There is no field %(name)s. Did you mean %(near)s?")
        return WrongFormula("unknown_field", message, node.at, name=node.word, near=near[0])
    message = N_("There is no field %(name)s that a formula can read.")
    return WrongFormula("unknown_field", message, node.at, name=node.word)


def _no_function(node: Node, known: Sequence[str]) -> WrongFormula:
    if node.word.lower() in _CLOCK:
        message = N_("A formula knows neither the time nor chance: its result would be wrong a moment later.")
        return WrongFormula("no_clock", message, node.at)
    near = get_close_matches(node.word, known, n=1, cutoff=0.5)
    if near:
        message = N_("There is no function %(name)s. Did you mean %(near)s?")
        return WrongFormula("unknown_function", message, node.at, name=node.word, near=near[0])
    message = N_("There is no function %(name)s. Known are: %(known)s.")
    return WrongFormula("unknown_function", message, node.at, name=node.word, known=", ".join(known))


def _other(node: Node, kind: str, wanted: str) -> WrongFormula:
    message = N_("Here stands %(kind)s, where %(wanted_kind)s is needed.")
    return WrongFormula("wrong_kind", message, node.at, kind=WORDS[kind], wanted_kind=WORDS[wanted])


def _wrong_number(node: Node, most: str) -> WrongFormula:
    message = N_("%(name)s takes one value in its brackets.")
    return WrongFormula("bad_arguments", message, node.at, name=node.word, most=most)
