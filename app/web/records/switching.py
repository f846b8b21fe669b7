"""The switch of views above a list: which one is in force, whether it was changed, and what may be done."""

from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from werkzeug.datastructures import MultiDict

from app.core.actor import Actor
from app.domain.views import queries
from app.records.types import ObjectType
from app.ui.say import gettext as _
from app.ui.say import midway
from app.web.records.asked import VIEW, Asked, address, whole

# What of the address is neither the list's nor the view's: the page, and what carries its count.
PAGING = frozenset({"after", "before", "of"})


@dataclass(frozen=True)
class Switch:
    """`name` of the view in force, or of the whole list; `query` is the list as the address has it.

    `reset` leads back to the view as it is saved, without one to all records in the same columns; `left`
    shows what is left of one that lost conditions; `save_path` takes the change for the view where one
    `may_save`, `may_keep` a view of one's own.
    """

    name: str
    query: str
    view_id: UUID | None
    version: int
    is_changed: bool
    is_any: bool
    may_save: bool
    may_keep: bool
    save_path: str
    reset: str
    left: str


def shown(described: ObjectType, wish: Asked, args: MultiDict[str, str], actor: Actor) -> Switch:
    """What stands above the list that `wish` asks for."""
    query = urlencode([(name, value) for name, value in args.items(multi=True) if name not in PAGING])
    may_keep = queries.keeps(actor, described.name, "nobody")
    view = wish.opened.view if wish.opened else None
    if view is None or wish.opened is None:
        name = _("All %(objects)s", objects=midway(_(described.plural)))
        is_any = bool(wish.where or wish.search or wish.sort or wish.columns.names)
        bare = address(described, whole(None, "", "", wish.columns.names))
        return Switch(name, query, None, 0, False, is_any, False, may_keep, "", bare, "")
    left = whole(wish.opened.where, wish.search, wish.sort, wish.columns.names)
    return Switch(
        name=view.name,
        query=query,
        view_id=view.id,
        version=view.version,
        is_changed=wish.is_changed,
        is_any=True,
        may_save=queries.may_change(actor, view),
        may_keep=may_keep,
        save_path=f"/{described.name}/views/{view.id}/content",
        reset=address(described, [(VIEW, str(view.id))]),
        left=address(described, [(VIEW, str(view.id)), ("where", ""), *left]),
    )
