"""Parts of pages that are often alike: drawn once for each language and build, then kept."""

from collections.abc import Hashable
from functools import lru_cache

from flask import current_app, get_template_attribute
from markupsafe import Markup

from app.ui.say import language
from app.ui.static import revision

KEPT = 1024


def still(template: str, macro: str, *values: Hashable) -> Markup:
    """What `macro` of `template` draws for `values`; it may depend on nothing else but the language."""
    if current_app.jinja_env.auto_reload:
        return _draw(template, macro, values)
    # Words that are trusted and equal ones that are not are drawn in different ways.
    return _kept(template, macro, values, tuple(map(type, values)), language(), revision().name)


@lru_cache(maxsize=KEPT)
def _kept(
    template: str,
    macro: str,
    values: tuple[Hashable, ...],
    _types: tuple[type, ...],
    _language: str,
    _revision: str,
) -> Markup:
    return _draw(template, macro, values)


def _draw(template: str, macro: str, values: tuple[Hashable, ...]) -> Markup:
    return Markup(get_template_attribute(template, macro)(*values))
