"""The PostgreSQL clusters that cells live in, as backups see them: several cells may share one."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.config import Settings
from stack.backups import base, clusters, keeping
from stack.backups.base import Base
from stack.backups.keeping import Rule
from stack.backups.places import Place, below, place
from stack.errors import StackError
from tenants import backups, engines, runner

CONTROL = "control"


@dataclass(frozen=True)
class Cluster:
    """One cluster: its number, where it is as the owner, and which cells live in it (None: the catalogue)."""

    number: str
    url: str
    cells: tuple[str | None, ...]

    @property
    def holds(self) -> tuple[str, ...]:
        """Names for people."""
        return tuple(cell or CONTROL for cell in self.cells)


def found(settings: Settings, cell: str | None = None) -> list[Cluster]:
    """The clusters of all cells and of the catalogue, or that of `cell`; StackError where one is silent."""
    here = engines.configure(settings.database_url, settings.secret_keys)
    known = runner.cell_ids(here)
    if cell is not None and cell not in known:
        raise StackError(f"There is no cell {cell}: there are {', '.join(known)}.")
    grouped: dict[str, Cluster] = {}
    for name in [*known, None]:
        url = here.control_url if name is None else here.cell_url(name)
        number = clusters.identify(url).number
        before = grouped.get(number, Cluster(number, url, ()))
        grouped[number] = Cluster(number, before.url, (*before.cells, name))
    return [each for each in grouped.values() if cell is None or cell in each.cells]


def place_of(to: str | None, settings: Settings) -> Place:
    """Where backups go: what the person said, else the setting."""
    named = to or settings.backup
    if not named:
        raise StackError("Say where backups go: --to FOLDER, --to s3://bucket/prefix, or set KITH_BACKUP.")
    return place(named)


def scratch_of(settings: Settings, number: str) -> Path:
    """The local folder for what is on its way to the backups of a cluster."""
    return settings.data_dir / "backup" / number


def take(
    cluster: Cluster,
    to: Place,
    settings: Settings,
    rate: str | None = None,
    told: Callable[[str], None] = lambda _: None,
) -> Base:
    """A base backup of the cluster, written down, and what is kept no longer removed."""
    mine, scratch = below(to, cluster.number), scratch_of(settings, cluster.number)
    begun: list[str] = []

    def begin(name: str) -> None:
        begun.append(name)
        backups.begin(cluster.cells, name, mine.text)
        told(f"Copying the cluster of {', '.join(cluster.holds)} to {mine.text}")

    try:
        made = base.take(cluster.url, mine, scratch, holds=cluster.holds, rate=rate, begun=begin)
    except StackError as error:
        for name in begun:
            backups.fail(name, str(error))
        raise
    backups.finish(made.id, made.bytes, made.start, made.end)
    gone = keeping.tidy(mine, scratch, Rule(days=settings.backup_days))
    backups.forget([each.id for each in gone])
    return made
