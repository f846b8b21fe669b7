"""Saved views in words: whose they are, and what is wrong with one."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from app.domain.views.models import View
from app.domain.views.opening import Opened
from app.domain.views.queries import Listed
from app.records.filters import Chip
from app.ui.errors import say
from app.ui.say import gettext as _


def groups(listed: Sequence[Listed], actor_id: UUID | None) -> list[tuple[str, list[Listed]]]:
    """The views as menus show them: one's own, then those that others share; no empty group."""
    mine = [each for each in listed if each.view.created_by == actor_id]
    others = [each for each in listed if each.view.created_by != actor_id]
    found = [(_("My views"), mine), (_("Shared with me"), others)]
    return [group for group in found if group[1]]


def told(view: View, maker: str, *, is_mine: bool) -> str:
    """Beside its name: whose it is and who sees it; nothing for what is one's own alone."""
    if not is_mine:
        return maker
    if view.shared == "team":
        return _("Team") if view.team_id else ""
    return _("Everyone") if view.shared == "everyone" else ""


def wrong(opened: Opened | None, chips: Sequence[Chip]) -> list[str]:
    """What is to be said above the rows: an order that is lost, and records that are not there."""
    if opened is None:
        return []
    found = [say(opened.unsorted)] if opened.unsorted else []
    if any(_nameless(chips)):
        found.append(_("The filter names a record that is not there any more or that you may not see."))
    return found


def lost(opened: Opened | None) -> list[str]:
    """Why a view cannot show what it was saved for."""
    return [say(each) for each in opened.lost] if opened else []


def _nameless(chips: Sequence[Chip]) -> Iterator[bool]:
    """Of each record that the filter names, whether one learns nothing of it."""
    for chip in chips:
        for value, label in zip(chip.values, chip.labels, strict=False):
            yield isinstance(value, UUID) and not label
        yield from _nameless(chip.inner)
