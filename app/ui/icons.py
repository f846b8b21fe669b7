"""The icons that Kith draws: the sprite holds these and no others."""

from functools import cache

from markupsafe import Markup

from app.ui.static import static_url

ICONS = frozenset(
    """
    activity archive arrow-down arrow-down-wide-narrow arrow-left arrow-right arrow-up at-sign
    badge-alert badge-percent ban bell bell-off bookmark box boxes braces briefcase building-2 cake
    calculator calendar calendar-check calendar-clock calendar-days calendar-plus chart-column
    chart-line check chevron-down chevron-left chevron-right chevron-up chevrons-up-down circle circle-alert
    circle-check circle-dollar-sign circle-dot circle-minus circle-pause circle-play
    circle-question-mark circle-user circle-x clock cloud-off columns-3 command construction contact
    copy cpu credit-card database download ellipsis external-link eye eye-off factory file
    file-check file-down file-text file-up file-warning file-x filter fingerprint flag folder
    folder-up gauge gift git-merge globe graduation-cap grid-2x2 grip-vertical hand-coins handshake
    hash heart history hourglass house image import inbox info key keyboard landmark languages
    laptop layers layout-grid life-buoy link list list-checks list-filter list-ordered list-plus
    list-tree list-x lock lock-open log-in log-out mail mail-check mail-open mail-plus mail-warning
    mail-x map map-pin megaphone menu merge message-square messages-square minus monitor
    monitor-smartphone moon mouse-pointer-click notebook-pen package package-check package-open
    package-plus package-x panel-left paperclip party-popper pause pen pencil percent phone
    phone-incoming phone-off play plug plug-zap plus power receipt receipt-text refresh-cw repeat
    reply rotate-ccw rows-3 rows-4 ruler save scan-search scroll-text search search-x send server
    settings share-2 shield shield-check shopping-cart sigma signature skip-forward sliders-horizontal
    smartphone sparkles split square-check square-kanban square-pen star sticky-note store sun
    swatch-book table-2 table-properties tag tags target text-cursor-input thumbs-up ticket timer
    timer-off toggle-left trash trash-2 triangle-alert trophy truck truck-electric type undo-2
    upload user user-check user-plus user-round user-x users users-round video wallet wand-sparkles
    weight wrench x zap
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
