"""Translation with types: flask-babel's functions, which carry none."""

from collections.abc import Mapping
from typing import Any

import flask_babel


def gettext(message: str, **values: Any) -> str:
    """`message` in the language of the page, its named placeholders filled."""
    return str(flask_babel.gettext(message, **values))


def ngettext(one: str, many: str, num: int, **values: Any) -> str:
    """The form of the text that `num` asks for; `%(num)s` is filled."""
    return str(flask_babel.ngettext(one, many, num, **values))


def pgettext(context: str, message: str) -> str:
    """A text that other languages say differently by `context`: Open is a state, or what a button does."""
    return str(flask_babel.pgettext(context, message))


def problem(message: str, data: Mapping[str, Any]) -> str:
    """What is wrong with what came in; the fields that it names are labels, which are texts too."""
    labels = {name: _labels(str(data[name])) for name in ("field", "fields") if name in data}
    return gettext(message, **{**data, **labels})


def _labels(told: str) -> str:
    return ", ".join(gettext(label) for label in told.split(", ") if label)


def opening(text: str) -> str:
    """A text at the beginning of a sentence: only its first letter grows."""
    return text[:1].upper() + text[1:]


def midway(label: str) -> str:
    """A label within a sentence: English writes it small there, German keeps its capital."""
    return label if str(flask_babel.get_locale() or "en").startswith("de") else label[:1].lower() + label[1:]
