"""What a mailbox holds, counted before anything of it is read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.core.imap import FAILURES, LOST, Folder, Session

# Folders in which nobody's conversation is.
UNWANTED = frozenset({"junk", "trash", "drafts"})
MOST = 200


@dataclass(frozen=True)
class Counted:
    """A folder with how many mails arrived there since the start; None where the server would not say."""

    name: str
    role: str
    mails: int | None

    @property
    def is_wanted(self) -> bool:
        """Whether it is chosen unless somebody says otherwise."""
        return self.role in {"inbox", "sent", "archive"}


def counted(session: Session, start: date | None) -> list[Counted]:
    """The folders worth reading, inbox and sent mail first, with their number of mails since `start`."""
    found = [each for each in session.folders() if each.role not in UNWANTED][:MOST]
    return [Counted(each.name, each.role, _count(session, each, start)) for each in sorted(found, key=_place)]


def _count(session: Session, folder: Folder, start: date | None) -> int | None:
    try:
        session.open(folder.name)
        return len(session.since(start))
    except LOST:
        raise
    except FAILURES:
        return None


def _place(folder: Folder) -> tuple[int, str]:
    order = ("inbox", "sent", "archive", "all", "")
    return (order.index(folder.role) if folder.role in order else len(order), folder.name.lower())


@dataclass(frozen=True)
class Place:
    """How far a folder was read: all before `next_uid` once it is `complete`, under its `uidvalidity`."""

    name: str
    role: str = ""
    uidvalidity: int = 0
    next_uid: int = 1
    complete: bool = False

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Place":
        """The place that `as_json` told."""
        return cls(**stored)

    def as_json(self) -> dict[str, Any]:
        """The place as JSON."""
        return dict(vars(self))


def chosen(names: Sequence[str], offered: Sequence[Counted], before: Sequence[Place]) -> list[Place]:
    """Places for the chosen folders that exist; what was read of one stays read."""
    known, roles = {place.name: place for place in before}, {each.name: each.role for each in offered}
    wanted = [name for name in dict.fromkeys(names) if name in roles]
    return [known.get(name, Place(name, roles[name])) for name in wanted]
