"""The language and time zone of a page: the member's own, else the visitor's choice, else the browser's."""

from flask import Flask, Response, g, request
from flask_babel import Babel

from app.core.actor import Actor
from app.ui import cookies, say

LANGUAGES = ("en", "de")


def register(app: Flask) -> None:
    """Set up flask-babel and remember a language that was chosen by `?lang=`."""
    Babel(
        app,
        default_locale="en",
        default_translation_directories="translations",
        locale_selector=language,
        timezone_selector=time_zone,
    )
    app.jinja_env.globals.update(
        _=say.in_template,
        gettext=say.in_template,
        ngettext=say.plural_in_template,
    )
    app.after_request(_remember)


def language() -> str:
    """The tag of this page's language, one of LANGUAGES."""
    present: Actor | None = g.get("actor")
    for tag in (request.args.get("lang"), present.language if present else None, cookies.read("language")):
        if tag in LANGUAGES:
            return tag
    return request.accept_languages.best_match(LANGUAGES, "en") or "en"


def time_zone() -> str | None:
    """The name of the zone that times on this page are told in; None for UTC."""
    present: Actor | None = g.get("actor")
    return present.time_zone if present else None


def _remember(response: Response) -> Response:
    tag = request.args.get("lang")
    if tag in LANGUAGES and tag != cookies.read("language"):
        cookies.give(response, "language", tag, cookies.YEAR_SECONDS)
    return response
