"""A list that takes too long, in words: what makes it slow, and where that is mended."""

from dataclasses import dataclass

from app.core.actor import Actor
from app.core.errors import Invalid
from app.records.types import ObjectType
from app.ui.errors import say
from app.ui.say import gettext as _
from app.ui.standing.parts import Act


@dataclass(frozen=True)
class TooSlow:
    """What to say, and for those who may change it the way to the field."""

    sentence: str
    remedy: Act | None


def too_slow(actor: Actor, described: ObjectType, refused: Invalid) -> TooSlow:
    """What the refusal of a list means for `actor`."""
    first = refused.problems[0]
    return TooSlow(say(first), _remedy(actor, described, str(first.data.get("name", ""))))


def _remedy(actor: Actor, described: ObjectType, name: str) -> Act | None:
    """Settings of the field, for who manages the workspace."""
    field = described.by_name.get(name)
    if field is None or field not in described.fields or "workspace:manage" not in actor.permissions:
        return None
    address = f"/settings/objects/{described.name}/fields/{name}"
    return Act(_("Let lists be sorted by it"), address, "settings")
