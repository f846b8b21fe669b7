"""Draws a thread: full width with links and words, or as the narrow mark line of a table cell."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from flask_babel import get_locale
from markupsafe import Markup, escape

from app.ui.say import gettext, ngettext
from app.ui.shapes import DRAWN
from app.ui.thread import Drawing, Mark, Placed

WIDTH, SLOTS, PITCH = 132, 11, 12
MIDDLE = 9
ORDER = ("broken", "risk", "planned", "kept", "event")


def thread_svg(drawing: Drawing, name: str) -> Markup:
    """The thread as an SVG whose marks keep their form at any width; linked ones are reached by keyboard."""
    now = f"{drawing.now:g}%"
    parts = [
        f'<svg class="thread" role="group" aria-label="{escape(name)}">',
        f'<line class="l" x1="0" x2="{now}" y1="14" y2="14"/>',
        f'<line class="l ahead" x1="{now}" x2="100%" y1="14" y2="14"/>',
        f'<line class="n" x1="{now}" x2="{now}" y1="4" y2="25"/>',
    ]
    for label in drawing.labels:
        classes = " ".join(
            ("label", *(("roomy",) if label.roomy else ()), *((f"t-{label.state}",) if label.state else ()))
        )
        parts.append(
            f'<text class="{classes}" x="{label.x:g}%" y="37" text-anchor="middle" aria-hidden="true">'
            f"{escape(label.text)}</text>"
        )
    parts.extend(_mark(placed) for placed in drawing.marks)
    parts.append("</svg>")
    return Markup("".join(parts))


def _mark(placed: Placed) -> str:
    mark, title = placed.mark, escape(placed.mark.title)
    anchor, dx = ("start", -6) if placed.x < 20 else ("end", 6) if placed.x > 80 else ("middle", 0)
    inner = (
        f'<svg x="{placed.x:g}%" y="14"><circle class="halo" r="9"/>'
        f'<rect class="hit" x="-12" y="-12" width="24" height="24"/>{DRAWN[mark.state]}'
    )
    if mark.href is None:
        return f'<g class="{mark.state}" aria-hidden="true">{inner}<title>{title}</title></svg></g>'
    word = f'<text class="name" x="{dx}" y="23" text-anchor="{anchor}" aria-hidden="true">{title}</text>'
    return f'<a class="{mark.state}" href="{escape(mark.href)}" aria-label="{title}">{inner}{word}</svg></a>'


def mini(marks: Sequence[Mark], today: date, days: int = 90) -> Markup:
    """The thread of a table cell: 132 by 18 px, eleven places that each show the worst of their days."""
    places: list[str | None] = [None] * SLOTS
    seen: dict[str, int] = {}
    start = today.toordinal() - days
    for mark in marks:
        passed = mark.at.toordinal() - start
        if passed < 0:
            continue
        state = mark.state
        seen[state] = seen.get(state, 0) + 1
        slot = min(passed * SLOTS // (days + 1), SLOTS - 1)
        held = places[slot]
        if held is None or ORDER.index(state) < ORDER.index(held):
            places[slot] = state
    told = _told(str(get_locale()), tuple(seen.get(state, 0) for state in ORDER))
    return Markup(
        f'<svg class="mini" viewBox="0 0 {WIDTH} 18" role="img" aria-label="{told}">'
        f'<path class="l" d="M2 {MIDDLE}H{WIDTH - 2}"/>{_drawn(tuple(places))}</svg>'
    )


@lru_cache(maxsize=4096)
def _drawn(places: tuple[str | None, ...]) -> str:
    paths: dict[str, str] = {}
    for slot, state in enumerate(places):
        if state is not None:
            x = PITCH // 2 + slot * PITCH
            paths[state] = paths.get(state, "") + _path(state, x)
    return "".join(f'<path class="{state[0]}" d="{d}"/>' for state, d in paths.items())


def _path(state: str, x: int) -> str:
    if state == "broken":
        return f"M{x} {MIDDLE - 5}l5 5-5 5-5-5z"
    if state == "risk":
        return f"M{x} {MIDDLE - 4.5}l4.6 8h-9.2z"
    if state == "planned":
        return f"M{x - 3.5} {MIDDLE}a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0"
    return f"M{x} {MIDDLE}h.01"


@lru_cache(maxsize=4096)
def _told(locale: str, counts: tuple[int, ...]) -> str:
    """The same in words; cached by language because fifty rows say much the same."""
    del locale
    broken, risk, planned, kept, _ = counts
    parts = [
        part
        for count, part in (
            (broken, ngettext("%(num)s broken", "%(num)s broken", broken)),
            (risk, ngettext("%(num)s at risk", "%(num)s at risk", risk)),
            (planned, ngettext("%(num)s planned", "%(num)s planned", planned)),
            (kept, ngettext("%(num)s kept", "%(num)s kept", kept)),
        )
        if count
    ]
    return ", ".join(parts) if parts else gettext("Nothing in these days")
