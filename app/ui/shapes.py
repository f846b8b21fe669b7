"""The four shapes of a promise's state and the mark of a plain event, drawn around the origin of an SVG."""

from functools import cache
from typing import Literal

from markupsafe import Markup

State = Literal["kept", "broken", "risk", "planned", "event"]
STATES: tuple[State, ...] = ("kept", "broken", "risk", "planned", "event")

# 12 units wide around 0,0; the stroke in the diamond and the half triangle tell red from amber in grey.
DRAWN: dict[str, str] = {
    "broken": '<path class="s-broken" d="M0-6 6 0 0 6-6 0Z"/><path class="cut" d="M0-2.6V.6M0 2.7v.1"/>',
    "risk": '<path class="s-risk" d="M0-4.9 5.2 4.4H-5.2Z"/><path class="s-half" d="M0-4.9V4.4H-5.2Z"/>',
    "kept": '<circle class="s-kept" r="4.2"/>',
    "planned": '<circle class="s-planned" r="3.9"/>',
    "event": '<circle class="s-event" r="2"/>',
}


@cache
def shape(state: State, size: str = "") -> Markup:
    """The shape of a state as a small SVG, only for the eye; `size` is "" (11 px) or "lg" (20 px)."""
    classes = f"shape {size}".strip()
    return Markup(f'<svg class="{classes}" viewBox="-6 -6 12 12" aria-hidden="true">{DRAWN[state]}</svg>')
