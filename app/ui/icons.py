"""The icons that Kith draws: the sprite holds these and no others."""

from functools import cache

from markupsafe import Markup

from app.ui.static import static_url

ICONS = frozenset(
    """
    activity archive arrow-down arrow-down-wide-narrow arrow-left arrow-right arrow-up at-sign
    badge-alert badge-percent ban bell bookmark box boxes briefcase building-2 calendar
    calendar-clock check chevron-down chevron-left chevron-right chevron-up chevrons-up-down
    circle-alert circle-check circle-dollar-sign circle-question-mark circle-user circle-x clock
    cloud-off columns-3 command construction contact copy cpu credit-card database download ellipsis
    external-link eye eye-off file file-text filter flag folder-up gift globe grip-vertical
    handshake hash history hourglass house image import inbox info key keyboard languages laptop
    layers layout-grid life-buoy link list list-checks list-filter lock log-out mail mail-check
    mail-plus mail-warning map-pin menu merge message-square messages-square monitor moon package
    package-check package-x panel-left paperclip pause pencil percent phone phone-incoming play plus
    receipt refresh-cw reply rotate-ccw rows-3 rows-4 save scroll-text search send settings shield
    shopping-cart sliders-horizontal smartphone sparkles square-kanban star store sun table-2 tag
    tags timer toggle-left trash-2 triangle-alert truck type undo-2 upload user user-plus users
    video wrench x zap
    """.split()
)


def icon(name: str, size: str = "") -> Markup:
    """The drawing of an icon of ICONS, only for the eye; `size` is "" (16 px), "lg" (20) or "xl" (28)."""
    if name not in ICONS:
        raise KeyError(f"icon {name!r} is not in app/ui/icons.py")
    return _drawn(static_url("icons.svg"), name, size)


@cache
def _drawn(sprite: str, name: str, size: str) -> Markup:
    return Markup('<svg class="i{}" aria-hidden="true"><use href="{}#{}"/></svg>').format(
        f" {size}" if size else "", sprite, name
    )
