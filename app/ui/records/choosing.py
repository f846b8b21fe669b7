"""What the choice of a list's columns is made of: those that it shows, and all others."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.core.actor import Actor
from app.records import columns
from app.records.types import ObjectType
from app.ui.say import gettext

Named = tuple[str, str]


@dataclass(frozen=True)
class Choosing:
    """Columns by name and label: the `title`, which stays where it is, what is `shown` behind it in order,
    and the `others` by their labels. `standard` are those of a list for which none are chosen.
    """

    title: Named
    shown: Sequence[Named]
    others: Sequence[Named]
    standard: Sequence[str]
    most: int = columns.MOST


def choosing(actor: Actor, described: ObjectType, names: Sequence[str], standard: Sequence[str]) -> Choosing:
    """The choice where the list shows `names`; none stands for the `standard` ones."""
    labels = {name: gettext(each.label) for name, each in columns.offered(actor, described).items()}
    shown = [name for name in (names or standard)[1:] if name in labels]
    others = sorted(labels.keys() - shown, key=lambda name: (labels[name].casefold(), name))
    title = described.title
    return Choosing(
        (title, gettext(described.by_name[title].label)),
        [(name, labels[name]) for name in shown],
        [(name, labels[name]) for name in others],
        standard,
    )
