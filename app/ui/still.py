"""Parts of pages that are alike for everybody: drawn once for each language and build, then kept."""

from functools import lru_cache

from flask import current_app, get_template_attribute
from flask_babel import get_locale
from markupsafe import Markup

from app.ui.static import revision

KEPT = 256


def still(template: str, macro: str, *values: str | bool) -> Markup:
    """What `macro` of `template` draws for `values`; it may depend on nothing else but the language."""
    if current_app.jinja_env.auto_reload:
        return _draw(template, macro, values)
    locale = get_locale()
    return _kept(template, macro, values, str(locale), revision().name)


@lru_cache(maxsize=KEPT)
def _kept(
    template: str, macro: str, values: tuple[str | bool, ...], _language: str, _revision: str
) -> Markup:
    return _draw(template, macro, values)


def _draw(template: str, macro: str, values: tuple[str | bool, ...]) -> Markup:
    return Markup(get_template_attribute(template, macro)(*values))
