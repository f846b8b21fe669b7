"""The columns that a member's own lists have where none are chosen."""

from collections.abc import Sequence

from app.core.actor import Actor
from app.core.errors import NotAllowed
from app.domain.members import queries
from app.records import columns
from app.records.types import ObjectType


def keep(actor: Actor, described: ObjectType, names: Sequence[str]) -> None:
    """Lists of the object, as `actor` sees it, have these columns for him from now on; none: the usual ones.

    Raises NotAllowed for who is no member.
    """
    if actor.member_id is None:
        raise NotAllowed("members:self")
    member = queries.get(actor.member_id)
    found = columns.chosen(actor, described, names).names
    others = {name: known for name, known in member.columns.items() if name != described.name}
    member.columns = {**others, described.name: list(found)} if found else others
