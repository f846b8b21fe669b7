"""Renders values to HTML in plain Python, one function per kind of field; a table has hundreds."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote, urlsplit

from markupsafe import Markup

from app.ui.avatar import avatar
from app.ui.escaping import escape
from app.ui.formats import Formats, utc
from app.ui.say import gettext
from app.ui.shapes import STATES, State, shape

EMPTY = Markup("")
SAFE = {"http", "https"}


def text(value: str) -> Markup:
    """The words, escaped."""
    return Markup(escape(value))


def email(value: str) -> Markup:
    """A link that starts a mail."""
    return Markup(f'<a class="out" href="mailto:{quote(value, safe="@+.-_")}">{escape(value)}</a>')


def phone(value: str, formats: Formats) -> Markup:
    """A link that dials, written as the home region does."""
    return Markup(f'<a class="out" href="tel:{quote(value, safe="+")}">{escape(formats.phone(value))}</a>')


def url(value: str) -> Markup:
    """A link to another site without its scheme; anything but http(s) stays text."""
    try:
        parts = urlsplit(value if "://" in value else f"https://{value}")
        host = parts.hostname or ""
    except ValueError:
        return Markup(escape(value))
    if parts.scheme not in SAFE or "." not in host:
        return Markup(escape(value))
    shown = (parts.netloc.removeprefix("www.") + parts.path).rstrip("/")
    return Markup(
        f'<a class="out" href="{escape(parts.geturl())}" rel="noopener noreferrer">{escape(shown)}</a>'
    )


def number(value: Decimal | int | float, formats: Formats, digits: int | None = None) -> Markup:
    """A figure with the separators of the language."""
    return Markup(formats.number(value, digits))


def money(value: Decimal | int, formats: Formats, currency: str | None = None) -> Markup:
    """An amount; the code is left out where the column names the currency."""
    return Markup(formats.money(value, escape(currency) if currency else None))


def day(value: date, formats: Formats) -> Markup:
    """A day in words, readable by machines."""
    return Markup(f'<time datetime="{value.isoformat()}">{formats.day(value)}</time>')


def when(value: datetime, formats: Formats) -> Markup:
    """How long ago, with the exact time on hover; the browser keeps it current."""
    machine = utc(value)
    return Markup(
        f'<time datetime="{machine}" title="{formats.exact(value)}">{formats.relative(value)}</time>'
    )


def brief(value: datetime, formats: Formats) -> Markup:
    """The same in little room, for timelines: 2h, 26h, 3d."""
    exact, told = formats.exact(value), formats.brief(value)
    return Markup(f'<time datetime="{utc(value)}" title="{exact}" data-brief>{told}</time>')


def boolean(value: bool) -> Markup:
    """Yes or no, no in grey."""
    return Markup(f"<span>{gettext('Yes')}</span>" if value else f'<span class="off">{gettext("No")}</span>')


def choice(label: str, state: State | None = None) -> Markup:
    """A value of a closed list as a pill; with a promise's state the shape stands inside."""
    if state in STATES and state != "event":
        return pill(label, state)
    return Markup(f'<span class="pill">{escape(label)}</span>')


def pill(label: str, state: State) -> Markup:
    """A promise's state; kept without words is its dot alone."""
    if state == "kept" and not label:
        told = gettext("All promises kept")
        return Markup(
            f'<span class="pill dot" title="{told}">{shape("kept")}<span class="sr">{told}</span></span>'
        )
    return Markup(f'<span class="pill {state}">{shape(state)}{escape(label)}</span>')


def relation(label: str, href: str, square: bool = False) -> Markup:
    """Another record: its face and name, linked."""
    return Markup(
        f'<a class="who rel" href="{escape(href)}">{avatar(label, "", square)}'
        f'<span class="name">{escape(label)}</span></a>'
    )


def link(label: str, href: str) -> Markup:
    """Another record by its name alone: what has no face."""
    return Markup(f'<a class="rel" href="{escape(href)}"><span class="name">{escape(label)}</span></a>')


def record(label: str, href: str, square: bool = False, face: bool = True) -> Markup:
    """The row's own name, strong and linked: the first column."""
    drawn = avatar(label, "", square) if face else ""
    return Markup(
        f'<a class="who strong rec" href="{escape(href)}">{drawn}'
        f'<span class="name">{escape(label)}</span></a>'
    )


def member(name: str) -> Markup:
    """A colleague: face and name."""
    return Markup(f'<span class="who">{avatar(name)}<span class="name">{escape(name)}</span></span>')


Render = Callable[[Any, Formats], Markup]


def _plain(render: Callable[[Any], Markup]) -> Render:
    return lambda value, _: render(value)


def _money(value: Any, formats: Formats) -> Markup:
    return money(value[0], formats, value[1]) if isinstance(value, tuple) else money(value, formats)


def _choice(value: Any) -> Markup:
    return choice(*value) if isinstance(value, tuple) else choice(value)


BY_KIND: Mapping[str, Render] = {
    "text": _plain(text),
    "longtext": _plain(text),
    "email": _plain(email),
    "phone": phone,
    "url": _plain(url),
    "number": number,
    "money": _money,
    "date": day,
    "datetime": when,
    "boolean": _plain(boolean),
    "choice": _plain(_choice),
    "relation": _plain(lambda value: relation(*value)),
    "member": _plain(member),
}


def cell(kind: str, value: Any, formats: Formats) -> Markup:
    """A value of a field kind as HTML; nothing for None and "".

    money takes (amount, currency) or an amount, choice (label, state) or a label, relation (label, href).
    """
    if value is None or value == "":
        return EMPTY
    return BY_KIND[kind](value, formats)
