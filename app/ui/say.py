"""Texts in the language of the page: flask-babel's catalogues, each read once in a process."""

from collections.abc import Mapping
from gettext import NullTranslations
from typing import Any

import flask_babel
from flask import g, has_app_context
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from app.core.text import OwnWords

# flask-babel reads its catalogues anew for every request.
_catalogues: dict[str, NullTranslations] = {}


def catalogue() -> NullTranslations:
    """The texts of this page's language."""
    spoken = language()
    known = _catalogues.get(spoken)
    if known is None:
        known = _catalogues[spoken] = flask_babel.get_translations()
    return known


def language() -> str:
    """The page's language, en or de; "" outside of any page."""
    # Asked a hundred times a page: what flask-babel found is looked up directly.
    known = vars(g._get_current_object()).get("_flask_babel") if has_app_context() else None
    locale = getattr(known, "babel_locale", None) or flask_babel.get_locale()
    return locale.language if locale else ""


def gettext(message: str, **values: Any) -> str:
    """`message` in the language of the page, its named placeholders filled; no text stays none."""
    if type(message) is OwnWords:
        return _own(message)
    # A catalogue's empty text is its own header.
    told = catalogue().gettext(message) if message else ""
    return told % values if values else told


def _own(words: OwnWords) -> str:
    spoken = language()
    if words.usual and spoken not in words.by_language:
        return catalogue().gettext(words.usual)
    return words.said(spoken)


def said_in(spoken: str, message: str) -> str:
    """`message` in that language, whatever the page's is."""
    with flask_babel.force_locale(spoken):
        return gettext(message)


def ngettext(one: str, many: str, num: int, **values: Any) -> str:
    """The form of the text that `num` asks for; `%(num)s` is filled."""
    return catalogue().ngettext(one, many, num) % {"num": num, **values}


def pgettext(context: str, message: str) -> str:
    """A text that other languages say differently by `context`: Open is a state, or what a button does."""
    return catalogue().pgettext(context, message)


@pass_eval_context
def in_template(context: EvalContext, message: str, **values: Any) -> str:
    """gettext for templates: the text is trusted; what fills it is escaped, but in a mail's plain text."""
    if type(message) is OwnWords:
        return _own(message)
    told = _trusted(context, catalogue().gettext(message))
    return told % values if values or "%" in told else told


@pass_eval_context
def plural_in_template(context: EvalContext, one: str, many: str, num: int, **values: Any) -> str:
    """ngettext for templates."""
    return _trusted(context, catalogue().ngettext(one, many, num)) % {"num": num, **values}


def _trusted(context: EvalContext, told: str) -> str:
    return Markup(told) if context.autoescape else told


_LABELS = frozenset({"field", "fields"})


def problem(message: str, data: Mapping[str, Any]) -> str:
    """What is wrong with what came in; the fields and kinds that it names are labels, which are texts too."""
    labels = {name: _labels(data[name]) for name in data if name in _LABELS or name.endswith("kind")}
    return gettext(message, **{**data, **labels})


def _labels(told: Any) -> str:
    if isinstance(told, OwnWords):
        return gettext(told)
    told = str(told)
    return ", ".join(gettext(label) for label in told.split(", ") if label)


def opening(text: str) -> str:
    """A text at the beginning of a sentence: only its first letter grows."""
    return text[:1].upper() + text[1:]


def closed(text: str) -> str:
    """A text as a sentence: one full stop, also behind 19. Nov."""
    return text if text.endswith(".") else f"{text}."


def midway(label: str) -> str:
    """A label within a sentence: English writes it small there, German keeps its capital."""
    return label if language() == "de" else label[:1].lower() + label[1:]
