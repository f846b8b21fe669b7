"""From the text of a formula to its tree, after the grammar of CEL, without macros and maps."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.core.text import N_
from app.records.formulas.tokens import Token, tokens
from app.records.formulas.wrong import WrongFormula

DEEPEST = 30
MOST_PARTS = 300

_BINARY: tuple[frozenset[str], ...] = (
    frozenset({"||"}),
    frozenset({"&&"}),
    frozenset({"==", "!=", "<", "<=", ">", ">=", "in"}),
    frozenset({"+", "-"}),
    frozenset({"*", "/", "%"}),
)
_CONSTANTS: Mapping[str, str] = {"true": "true", "false": "false", "null": "null"}
_WORDS = {
    "and": "&&",
    "or": "||",
    "not": "!",
    "und": "&&",
    "oder": "||",
    "nicht": "!",
    "wenn": "a ? b : c",
    "if": "a ? b : c",
}


@dataclass(frozen=True)
class Node:
    """A part of a formula.

    `op` is number, text, constant, name, list, call, the sign of an operator, "?:" or "neg"; `word` is what a
    literal, a name or a call says; a call on something has that as its first part and `is_method`.
    """

    op: str
    at: int
    parts: tuple["Node", ...] = ()
    word: str = ""
    is_method: bool = False


def parse(source: str) -> Node:
    """The tree of a formula; raises WrongFormula."""
    parser = _Parser(tokens(source))
    return parser.whole()


class _Parser:
    def __init__(self, found: list[Token]) -> None:
        self._tokens = found
        self._place = 0
        self._parts = 0

    @property
    def now(self) -> Token:
        return self._tokens[self._place]

    def whole(self) -> Node:
        """All of it."""
        if len(self._tokens) == 1:
            raise WrongFormula("empty", N_("Write what is to be worked out, as price * 2."), 0)
        tree = self.choice(0)
        if self.now.sort != "end":
            raise self.unexpected()
        return tree

    def choice(self, depth: int) -> Node:
        """condition ? one : other"""
        if depth > DEEPEST:
            message = N_("This is nested more than %(most)s deep. Divide it into several fields.")
            raise WrongFormula("too_deep", message, self.now.at, most=DEEPEST)
        condition = self._binary(0, depth)
        if self.now.text != "?" or self.now.sort != "sign":
            return condition
        at = self._next().at
        one = self.choice(depth + 1)
        self._expect(":")
        return self._node("?:", at, (condition, one, self.choice(depth + 1)))

    def _binary(self, level: int, depth: int) -> Node:
        if level == len(_BINARY):
            return self._unary(depth)
        left = self._binary(level + 1, depth)
        while self.now.sort in ("sign", "name") and self.now.text in _BINARY[level]:
            sign = self._next()
            left = self._node(sign.text, sign.at, (left, self._binary(level + 1, depth)))
        return left

    def _unary(self, depth: int) -> Node:
        signs = []
        while self.now.sort == "sign" and self.now.text in ("-", "!"):
            signs.append(self._next())
        found = self._member(depth)
        for sign in reversed(signs):
            found = self._node("neg" if sign.text == "-" else "!", sign.at, (found,))
        return found

    def _member(self, depth: int) -> Node:
        found = self._primary(depth)
        while self.now.sort == "sign" and self.now.text == ".":
            self._next()
            name = self._next()
            if name.sort != "name":
                raise self.unexpected(name)
            if self.now.text != "(":
                message = N_("A formula reads the fields of its own record. %(name)s cannot be read here.")
                raise WrongFormula("no_path", message, name.at, name=name.text)
            found = self._node("call", name.at, (found, *self._arguments(depth)), name.text, True)
        return found

    def _primary(self, depth: int) -> Node:
        token = self._next()
        match token.sort, token.text:
            case "number", text:
                return self._node("number", token.at, (), text)
            case "text", text:
                return self._node("text", token.at, (), text)
            case "sign", "(":
                inner = self.choice(depth + 1)
                self._expect(")")
                return inner
            case "sign", "[":
                return self._node("list", token.at, self._listed("]", depth))
            case "name", text if text in _CONSTANTS:
                return self._node("constant", token.at, (), text)
            case "name", text if self.now.text == "(" and self.now.sort == "sign" and text not in ("in",):
                if text.lower() in _WORDS:
                    raise _foreign(token)
                return self._node("call", token.at, self._arguments(depth), text)
            case "name", text if text.lower() in _WORDS or text == "in":
                raise _foreign(token)
            case "name", text:
                return self._node("name", token.at, (), text)
            case _:
                raise self.unexpected(token)

    def _arguments(self, depth: int) -> tuple[Node, ...]:
        self._expect("(")
        return self._listed(")", depth)

    def _listed(self, end: str, depth: int) -> tuple[Node, ...]:
        found: list[Node] = []
        if self.now.text == end and self.now.sort == "sign":
            self._next()
            return ()
        while True:
            found.append(self.choice(depth + 1))
            if self.now.text == end and self.now.sort == "sign":
                self._next()
                return tuple(found)
            self._expect(",")

    def _node(
        self, op: str, at: int, parts: tuple[Node, ...] = (), word: str = "", is_method: bool = False
    ) -> Node:
        self._parts += 1
        if self._parts > MOST_PARTS:
            message = N_("A formula has at most %(most)s parts. Divide it into several fields.")
            raise WrongFormula("too_large", message, at, most=MOST_PARTS)
        return Node(op, at, parts, word, is_method)

    def _next(self) -> Token:
        token = self.now
        if token.sort != "end":
            self._place += 1
        return token

    def _expect(self, sign: str) -> None:
        if self.now.sort != "sign" or self.now.text != sign:
            message = N_("%(sign)s is missing here.")
            raise WrongFormula("missing", message, self.now.at, sign=sign)
        self._next()

    def unexpected(self, token: Token | None = None) -> WrongFormula:
        """What stands here does not belong here."""
        token = token or self.now
        if token.sort == "end":
            return WrongFormula(
                "ends", N_("The formula ends too early: something is missing here."), token.at
            )
        if token.text.lower() in _WORDS:
            return _foreign(token)
        message = N_("%(word)s does not belong here. Is a sign such as + missing before it?")
        return WrongFormula("unexpected", message, token.at, word=token.text[:40])


def _foreign(token: Token) -> WrongFormula:
    message = N_("%(word)s is no word of formulas. Write %(instead)s.")
    return WrongFormula(
        "bad_word", message, token.at, word=token.text, instead=_WORDS.get(token.text.lower(), "x in [...]")
    )
