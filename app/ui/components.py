"""Gives the templates the components that are written in Python."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from babel.dates import format_date
from flask import Flask, request
from flask_babel import get_locale
from werkzeug.datastructures import MultiDict
from werkzeug.urls import iri_to_uri

from app.ui import static
from app.ui.avatar import avatar, face, initials
from app.ui.icons import icon
from app.ui.say import gettext, midway, said_in
from app.ui.shapes import State, shape
from app.ui.still import still
from app.ui.thread_svg import mini, thread_svg

LANGUAGES: Mapping[str, str] = {"en": "English", "de": "Deutsch"}


def register(app: Flask) -> None:
    """Makes the components and static addresses known to all templates, imported macros included.

    The doors add `csrf_token()`, which the form macros call.
    """
    static.register(app)
    app.jinja_env.globals.update(
        icon=icon,
        draw_icon=icon,
        shape=shape,
        avatar=avatar,
        initials=initials,
        face=face,
        mini_thread=mini,
        thread_svg=thread_svg,
        url_with=url_with,
        language=language,
        languages=LANGUAGES,
        short_date=short_date,
        state_word=state_word,
        midway=midway,
        said_in=said_in,
        still=still,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def url_with(**changes: Any) -> str:
    """The address of this page with some query parameters changed; None removes one."""
    query: MultiDict[str, str] = MultiDict(request.args)
    for name, value in changes.items():
        query.poplist(name)
        if value is not None:
            query[name] = str(value)
    told = urlencode(list(query.items(multi=True)))
    return iri_to_uri(request.path) + (f"?{told}" if told else "")


def language() -> str:
    """The language of this page as a tag, for example `de`."""
    locale = get_locale()
    return "en" if locale is None else str(locale.language)


def short_date(day: date) -> str:
    """A day without its year, for the thread's table."""
    return format_date(day, "d. MMMM" if language() == "de" else "d MMMM", locale=language())


def state_word(state: State) -> str:
    """The state of a promise as a word."""
    words: dict[State, str] = {
        "broken": gettext("Broken"),
        "risk": gettext("At risk"),
        "kept": gettext("Kept"),
        "planned": gettext("Planned"),
        "event": gettext("Happened"),
    }
    return words[state]
