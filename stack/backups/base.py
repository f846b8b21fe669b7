"""Base backups: a verified copy of all files of a running cluster, with what is needed to make it whole."""

import json
import secrets
import shutil
import subprocess
import tarfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from stack.backups import clusters
from stack.backups.places import Entry, Place
from stack.errors import StackError

BASE, LOG = "base/", "wal/"
MARK = "backup.json"
MANIFEST = "backup_manifest"


@dataclass(frozen=True)
class Base:
    """One base backup: times in UTC, positions as PostgreSQL writes them, `holds` names the cells in it."""

    id: str
    system: str
    timeline: int
    began_at: datetime
    ended_at: datetime
    start: str
    end: str
    bytes: int
    holds: tuple[str, ...] = ()

    @property
    def segment(self) -> str:
        """The first file of the log that it needs."""
        high, low = (int(part, 16) for part in self.start.split("/"))
        return f"{self.timeline:08X}{high:08X}{low >> 24:08X}"


def take(
    url: str,
    place: Place,
    scratch: Path,
    *,
    holds: Sequence[str] = (),
    rate: str | None = None,
    begun: Callable[[str], None] = lambda _: None,
) -> Base:
    """Copy the cluster at `url` to `place`; it counts only once it is verified and whole.

    `rate` limits it, like 50M a second. What an interrupted one left is removed by the next `tidy`.
    """
    system = clusters.identify(url)
    began = datetime.now(UTC)
    name = f"{began:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
    begun(name)
    folder = scratch / f"base-{name}"
    scratch.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        _copy(url, folder, rate)
        verify(folder)
        files = sorted(folder.iterdir())
        ranges = _ranges(folder / MANIFEST)
        made = Base(
            id=name,
            system=system.number,
            timeline=ranges[0]["Timeline"],
            began_at=began,
            ended_at=datetime.now(UTC),
            start=ranges[0]["Start-LSN"],
            end=ranges[-1]["End-LSN"],
            bytes=sum(file.stat().st_size for file in files),
            holds=tuple(holds),
        )
        for file in files:
            place.put(f"{BASE}{name}/{file.name}", file)
        mark = folder / MARK
        mark.write_text(json.dumps(asdict(made), default=str))
        place.put(f"{BASE}{name}/{MARK}", mark)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return made


def found(place: Place, scratch: Path) -> list[Base]:
    """The whole base backups in a place, oldest first."""
    scratch.mkdir(parents=True, exist_ok=True, mode=0o700)
    marks = [entry for entry in place.entries(BASE) if entry.name.endswith(f"/{MARK}")]
    return sorted((_read(place, entry, scratch) for entry in marks), key=lambda base: base.ended_at)


def _read(place: Place, entry: Entry, scratch: Path) -> Base:
    copy = scratch / f"{entry.name.split('/')[-2]}.json"
    place.fetch(entry.name, copy)
    told = json.loads(copy.read_text())
    copy.unlink()
    told |= {key: datetime.fromisoformat(told[key]) for key in ("began_at", "ended_at")}
    return replace(Base(**told), holds=tuple(told["holds"]))


def _copy(url: str, folder: Path, rate: str | None) -> None:
    words, environment = clusters.connection_words(url)
    command = [clusters.program("pg_basebackup"), "-d", words, "-D", str(folder), "--format=tar"]
    command += ["--compress=gzip:1", "--checkpoint=fast", "--wal-method=stream", "--no-password"]
    command += [f"--max-rate={rate}"] if rate else []
    _run(command, environment, "The base backup failed")


def verify(folder: Path) -> None:
    """Compare the files of a base backup with its manifest; StackError where one differs or is missing."""
    # The log inside is compressed too, which pg_verifybackup does not read: recovery reads it in the drill.
    command = [clusters.program("pg_verifybackup"), "--no-parse-wal", str(folder)]
    _run(command, None, "The base backup is not whole")


def _run(command: list[str], environment: dict[str, str] | None, failure: str) -> None:
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()
        raise StackError(f"{failure}: {said[-1] if said else command[0]}")


def _ranges(manifest: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(manifest.read_text())["WAL-Ranges"]
    return found


def unpack(packed: Path, into: Path) -> None:
    """The folders and plain files of a base backup's archive; raises StackError for anything else in it.

    Python's own filter for foreign archives came with 3.11.4, Debian's 3.11 is older.
    """
    into.mkdir(parents=True, exist_ok=True)
    root = into.resolve()
    with tarfile.open(packed, "r:gz") as archive:
        for member in archive:
            place = (root / member.name).resolve()
            if not (member.isfile() or member.isdir()) or not place.is_relative_to(root):
                raise StackError(f"{packed.name} holds {member.name}, which is no file of a cluster.")
            archive.extract(member, root, set_attrs=False)
            place.chmod(0o700 if member.isdir() else 0o600)
