"""The layout of the thread: places that tell the time, marks that never hide, words that never collide."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from app.ui.shapes import STATES
from app.ui.thread import LETTER, NOW_AT, ROOMY, STEP, Drawing, Label, Mark, layout

NOW = date(2026, 11, 21)
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def mark(days: int, state: str = "kept", short: str | None = None) -> Mark:
    return Mark(NOW + timedelta(days), state, f"{state} {days}", short=short)  # type: ignore[arg-type]


marks = st.lists(
    st.builds(mark, st.integers(-120, 20), st.sampled_from(STATES), st.sampled_from([None, "late, 10248"])),
    max_size=30,
)


def test_past_lies_left_of_now_and_promises_right() -> None:
    drawing = layout([mark(-60), mark(-1, "broken"), mark(1, "risk"), mark(9, "planned")], NOW)
    xs = [placed.x for placed in drawing.marks]
    assert xs == sorted(xs)
    assert xs[1] < drawing.now < xs[2]


def test_days_outside_are_left_out() -> None:
    drawing = layout([mark(-91), mark(-90), mark(14), mark(15)], NOW)
    assert [placed.mark.at for placed in drawing.marks] == [NOW - timedelta(90), NOW + timedelta(14)]


def test_broken_promises_get_their_words_before_the_scale() -> None:
    drawing = layout([mark(-20, "broken", "wrong item, 10231")], NOW, months=MONTHS)
    texts = {label.text for label in drawing.labels}
    assert "wrong item, 10231" in texts
    assert "now" in texts
    broken = next(label for label in drawing.labels if label.state)
    assert broken.state == "broken"


def test_what_is_due_today_lies_ahead_and_what_came_today_behind() -> None:
    drawing = layout([mark(0, "planned"), mark(0, "kept")], NOW)
    by_state = {placed.mark.state: placed.x for placed in drawing.marks}
    assert by_state["kept"] < drawing.now < by_state["planned"]


@settings(deadline=None)
@given(marks)
def test_marks_of_a_usual_relation_never_hide_each_other(some: list[Mark]) -> None:
    drawing = layout(some, NOW, width=960)
    for one, other in pairwise(sorted(placed.x for placed in drawing.marks)):
        assert other - one >= min(STEP / 960, (1 - NOW_AT) / 31) * 99.9 - 0.02


@settings(deadline=None)
@given(marks)
def test_nothing_leaves_the_drawing(some: list[Mark]) -> None:
    drawing = layout(some, NOW, months=MONTHS)
    assert all(0 <= placed.x <= 100 for placed in drawing.marks)
    assert all(0 <= label.x <= 100 for label in drawing.labels)


@settings(deadline=None)
@given(marks)
def test_words_never_collide_at_the_width_they_are_made_for(some: list[Mark]) -> None:
    drawing = layout(some, NOW, width=620, months=MONTHS)
    assert not collisions(drawing, 620, roomy=False)
    assert not collisions(drawing, ROOMY, roomy=True)
    assert not collisions(drawing, 1600, roomy=True)


def collisions(drawing: Drawing, width: float, roomy: bool) -> list[tuple[Label, Label]]:
    shown = sorted((label for label in drawing.labels if label.roomy is roomy), key=lambda label: label.x)
    return [
        (a, b) for a, b in pairwise(shown) if (b.x - a.x) / 100 * width < (len(a.text + b.text)) * LETTER / 2
    ]
