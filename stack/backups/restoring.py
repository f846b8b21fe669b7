"""A moment of a cluster in a folder of its own: fetched, verified, replayed; safe to repeat after a crash."""

import gzip
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from stack import users
from stack.backups import base, history, recovery
from stack.backups.base import BASE, LOG, MANIFEST, Base
from stack.backups.places import Entry, Place
from stack.backups.recovery import Reached
from stack.backups.stream import BEAT
from stack.errors import StackError

DONE = "restored.json"
# What pg_basebackup writes of a cluster without tablespaces.
ARCHIVES = {"base.tar.gz": ".", "pg_wal.tar.gz": "pg_wal"}

Told = Callable[[str], None]


@dataclass(frozen=True)
class Restored:
    """A cluster as it was: its folder, the moment of its last transaction, and from what it was made.

    `covered` says whether the log is known to have been received until the moment that was wished.
    """

    folder: Path
    reached: datetime | None
    timeline: int
    base: str
    holds: tuple[str, ...]
    covered: bool


def restore(
    place: Place,
    folder: Path,
    to: datetime | None,
    *,
    timeline: int | None = None,
    durable: bool = True,
    told: Told = lambda _: None,
) -> Restored:
    """The cluster of `place` as it was at `to` (None: the newest there is), in `folder`/cluster, stopped.

    What an interrupted restore left there is made anew; what stands for the same wish is taken as it is.
    """
    scratch = folder / "scratch"
    if (folder / "cluster").exists() and not (scratch.exists() or (folder / DONE).exists()):
        raise StackError(f"{folder} holds a cluster that no restore has made: choose another folder.")
    folder.mkdir(parents=True, exist_ok=True, mode=0o711)
    entries = place.entries(LOG)
    known = _parents(place, entries, scratch)
    timeline = timeline or max([1, *known, *(each.timeline for each in base.found(place, scratch))])
    chosen = history.choose(base.found(place, scratch), to, timeline, known)
    end = str(entries[-1].at) if entries and to is None else ""
    wish = {"base": chosen.id, "to": to.isoformat() if to else end, "timeline": timeline}
    if (done := _done(folder, wish)) is not None:
        return done
    reached = _make(place, chosen, to, timeline, folder, durable=durable, told=told)
    covered = not reached.is_end_of_log or to is None or _received_until(place, chosen, folder) >= to
    result = {"reached": reached.at.isoformat() if reached.at else None, "on": reached.timeline}
    more = {"holds": chosen.holds, "covered": covered}
    draft = folder / f"{DONE}.new"
    draft.write_text(json.dumps({"wish": wish, **result, **more}))
    draft.replace(folder / DONE)
    _clear(scratch)
    found = _done(folder, wish)
    assert found is not None
    return found


def _make(
    place: Place,
    chosen: Base,
    to: datetime | None,
    timeline: int,
    folder: Path,
    *,
    durable: bool,
    told: Told,
) -> Reached:
    for old in (*folder.glob("cluster*"), folder / "wal", folder / DONE):
        _clear(old)
    told(f"Fetching the base backup {chosen.id} ({chosen.bytes / 1e6:.0f} MB)")
    _unpack(place, chosen, folder, folder / "scratch")
    told("Fetching the log behind it")
    _fetch_log(place, chosen, to, folder)
    told("Replaying the log")
    reached = recovery.recover(folder, to, timeline, durable=durable)
    _clear(folder / "wal")
    return reached


def _done(folder: Path, wish: Mapping[str, object]) -> Restored | None:
    path = folder / DONE
    if not path.exists() or not (folder / "cluster" / "PG_VERSION").exists():
        return None
    told = json.loads(path.read_text())
    if told["wish"] != wish:
        return None
    reached = datetime.fromisoformat(told["reached"]).astimezone(UTC) if told["reached"] else None
    return Restored(
        folder, reached, told["on"], told["wish"]["base"], tuple(told["holds"]), bool(told["covered"])
    )


def _parents(place: Place, entries: list[Entry], scratch: Path) -> dict[int, list[tuple[int, str]]]:
    scratch.mkdir(parents=True, exist_ok=True, mode=0o700)
    found = {}
    for timeline, entry in history.histories(entries).items():
        copy = scratch / "history.gz"
        place.fetch(entry.name, copy)
        found[timeline] = history.parents(gzip.decompress(copy.read_bytes()).decode())
    return found


def _unpack(place: Place, chosen: Base, folder: Path, scratch: Path) -> None:
    fetched = scratch / chosen.id
    fetched.mkdir(parents=True, exist_ok=True)
    for entry in place.entries(f"{BASE}{chosen.id}/"):
        name = entry.name.rsplit("/", 1)[-1]
        if name not in (*ARCHIVES, MANIFEST, base.MARK):
            raise StackError(f"The base backup {chosen.id} has tablespaces ({name}): Kith has none.")
        if name != base.MARK:
            place.fetch(entry.name, fetched / name)
    base.verify(fetched)
    draft = folder / "cluster.new"
    for name, inside in ARCHIVES.items():
        base.unpack(fetched / name, draft / inside)
    _give_away(draft)
    draft.rename(folder / "cluster")


def _fetch_log(place: Place, chosen: Base, to: datetime | None, folder: Path) -> None:
    wal = folder / "wal"
    wal.mkdir()
    entries = place.entries(LOG)
    for entry in (*history.needed(entries, chosen, to), *history.histories(entries).values()):
        name = entry.name.removeprefix(LOG).replace(".partial", "")
        place.fetch(entry.name, wal / name)
    _give_away(wal)


def _received_until(place: Place, chosen: Base, folder: Path) -> datetime:
    """Until when the log is known to be whole: a quiet cluster writes none for a while."""
    if not place.entries(BEAT):
        return chosen.ended_at
    copy = folder / BEAT
    place.fetch(BEAT, copy)
    until = datetime.fromisoformat(json.loads(copy.read_text())["at"])
    copy.unlink()
    return until


def _give_away(folder: Path) -> None:
    """To the user of the server; nobody else sees anything."""
    user = users.unprivileged()
    for path in (folder, *folder.rglob("*")):
        users.own(path, user)
        path.chmod(0o700 if path.is_dir() else 0o600)


def _clear(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
