"""The example on the landing page, drawn by the same components as a customer's page."""

from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from app.core.clock import now
from app.ui.formats import Formats
from app.ui.say import gettext as _
from app.ui.shapes import State
from app.ui.standing import Health, Standing
from app.ui.thread import Drawing, Mark, layout
from app.ui.translate import language

LATE = 6
# Days ago (ahead where negative) and the state of what was promised for then.
_DAYS: tuple[tuple[int, State], ...] = (
    (86, "event"), (81, "kept"), (76, "event"), (71, "kept"), (66, "kept"), (60, "event"), (55, "kept"),
    (49, "kept"), (43, "event"), (38, "kept"), (33, "kept"), (26, "broken"), (21, "event"), (16, "kept"),
    (12, "event"), (LATE, "broken"), (-7, "risk"), (-12, "planned"),
)  # fmt: skip


@dataclass(frozen=True)
class Example:
    """An invented customer's bar and thread."""

    customer: str
    standing: Standing
    drawing: Drawing


def example() -> Example:
    """A customer who waits, as sales, support and the customer would all see it today."""
    standing = Standing(
        state="broken",
        sentence=_("Order 10248 is %(days)s days late. Carol has waited 26 h for an answer.", days=LATE),
        why=_("Also open: wrong item in order 10231, a replacement is on its way"),
        health=Health(
            46,
            "poor",
            _("Poor, falling"),
            _("−21 in 30 days"),
            (_("late ×2"), _("wrong ×1"), _("slow reply")),
        ),
    )
    return Example("Meyer Maschinenbau", standing, _drawing())


def _drawing() -> Drawing:
    write = Formats(language(), ZoneInfo("UTC"), now())
    words = {26: _("wrong item, 10231"), LATE: _("late, 10248")}
    marks = []
    for days, state in _DAYS:
        day = write.today - timedelta(days)
        short = write.weekday(day) if days < 0 else words.get(days)
        marks.append(Mark(day, state, words.get(days, _("order")), None, short))
    return layout(marks, write.today, months=write.months(), now_word=_("now"))
