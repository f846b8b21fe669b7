"""Translation with types: flask-babel's functions, which carry none."""

from typing import Any

import flask_babel


def gettext(message: str, **values: Any) -> str:
    """`message` in the language of the page, its named placeholders filled."""
    return str(flask_babel.gettext(message, **values))


def ngettext(one: str, many: str, num: int, **values: Any) -> str:
    """The form of the text that `num` asks for; `%(num)s` is filled."""
    return str(flask_babel.ngettext(one, many, num, **values))


def midway(label: str) -> str:
    """A label within a sentence: English writes it small there, German keeps its capital."""
    return label if str(flask_babel.get_locale() or "en").startswith("de") else label[:1].lower() + label[1:]
