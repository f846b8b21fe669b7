"""What doctor says about connections: how many there may be, what backends hold, how a pooler is."""

from collections.abc import Iterator
from dataclasses import dataclass

import psutil
import psycopg
from psycopg.rows import dict_row
from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from app import programs
from app.commands import _environment
from app.commands._checks import PATIENCE_SECONDS, Row
from app.config import Settings
from stack import memory, pgbouncer
from tenants import engines, owner, pooling, runner
from tenants.building import BUCKET_SIZE
from tenants.driver import psycopg_url
from tenants.engines import PoolSettings

# ./kith bench tenancy --part memory: a fresh backend, and what it keeps of each tenant that it has met.
FRESH_MB, TENANT_MB = 2.0, 0.77
# What a cell may hold beside shared buffers, of its machine's memory.
SHARE = 4
# Web, live, workers, and relay with scheduler: where they do not run on this machine.
USUAL_PROCESSES = programs.WEB_WORKERS + 3
LOCAL = {"127.0.0.1", "localhost", "::1"}

_FACTS = (
    "SELECT (SELECT count(*) FROM kith.buckets WHERE cell_id = %(cell)s AND tenants_count > 0),"
    " (SELECT count(*) FROM kith.tenants WHERE cell_id = %(cell)s AND slug IS NOT NULL)"
)
_BACKENDS = "SELECT pid FROM pg_stat_activity WHERE usename ~ '^b_[a-z2-7]{16}$'"


@dataclass(frozen=True)
class Cell:
    """What the arithmetic is about; `memory_mb` is None where the server is another machine."""

    name: str
    buckets: int
    tenants: int
    connections: int
    is_pooled: bool
    memory_mb: int | None
    processes: int = USUAL_PROCESSES
    busiest_mb: float = 0.0

    @property
    def warm_mb(self) -> float:
        """A backend that has met all tenants of its bucket, or more where one is seen to hold more."""
        met = min(self.tenants / max(self.buckets, 1), BUCKET_SIZE)
        return max(FRESH_MB + TENANT_MB * met, self.busiest_mb)


def check(settings: Settings) -> Iterator[Row]:
    """The arithmetic of every cell, and what its pooler says."""
    here = engines.configure(settings.database_url, settings.secret_keys)
    try:
        for name in runner.cell_ids(here):
            yield from arithmetic(_cell(here, name))
            if url := pooling.pooler_url(name):
                yield pooler(name, url)
    except (SQLAlchemyError, psycopg.Error) as error:
        yield Row("pools", "failed", str(error).strip().splitlines()[0], "Run ./kith migrate.")


def arithmetic(cell: Cell, pools: PoolSettings | None = None) -> Iterator[Row]:
    """Processes x buckets x pool against what the server takes and what its memory holds, both ways."""
    chosen = pools or PoolSettings()
    each = min(cell.buckets * chosen.pool_size, chosen.most)
    straight, pooled = cell.processes * each, min(cell.buckets * pgbouncer.EACH, pgbouncer.MOST)
    yield _weighed(
        cell,
        straight,
        f"{cell.name} straight: {cell.processes} processes x {cell.buckets} buckets x {chosen.pool_size}"
        f" (at most {chosen.most} a process) = {straight} backends",
        is_taken=not cell.is_pooled,
    )
    yield _weighed(
        cell,
        pooled,
        f"{cell.name} through a pooler: {cell.buckets} buckets x {pgbouncer.EACH} (at most {pgbouncer.MOST})"
        f" = {pooled} backends",
        is_taken=cell.is_pooled,
    )


def _weighed(cell: Cell, backends: int, words: str, *, is_taken: bool) -> Row:
    needed, allowed = backends * cell.warm_mb, (cell.memory_mb or 0) / SHARE
    words += f" x {cell.warm_mb:.0f} MB = {needed:,.0f} MB"
    words += f"; a quarter of the memory is {allowed:,.0f} MB" if cell.memory_mb else ""
    words += f"; the server takes {cell.connections}" + (", as it is now" if is_taken else "")
    fits = backends < cell.connections and (not cell.memory_mb or needed <= allowed)
    if fits or not is_taken:
        return Row("pools", "ok", words)
    most = cell.connections * 3 // 4
    if cell.memory_mb:
        most = max(min(most, int(allowed / cell.warm_mb)), 1)
    remedy = (
        f"Lower max_db_connections of PgBouncer to {most}, or move tenants to another cell."
        if cell.is_pooled
        else "Put PgBouncer before the cell (./kith up --pooler, or KITH_POOLER_URL),"
        f" max_db_connections at most {most}."
    )
    return Row("pools", "warning", words, remedy)


def pooler(cell: str, url: str) -> Row:
    """What PgBouncer says of itself."""
    console = psycopg_url(make_url(url).set(database="pgbouncer"))
    try:
        with psycopg.connect(console, autocommit=True, connect_timeout=PATIENCE_SECONDS) as link:
            version = str((link.execute("SHOW VERSION").fetchone() or ("",))[0])
            pools = link.cursor(row_factory=dict_row).execute("SHOW POOLS").fetchall()
    except psycopg.OperationalError as error:
        remedy = "See that PgBouncer runs and KITH_POOLER_URL names its login and password."
        return Row("pooler", "failed", f"{cell}: {str(error).strip().splitlines()[0]}", remedy)
    ours = [pool for pool in pools if pool["database"] != "pgbouncer"]
    backends = sum(pool["sv_active"] + pool["sv_idle"] + pool["sv_used"] for pool in ours)
    clients, waiting = (sum(pool[key] for pool in ours) for key in ("cl_active", "cl_waiting"))
    text = f"{cell}: {version}, {clients} clients by {backends} backends, {waiting} wait"
    wrong = [str(pool["user"]) for pool in ours if pool["pool_mode"] != "transaction"]
    if wrong:
        return Row("pooler", "failed", f"{cell}: not pooled by transaction", "Set pool_mode = transaction.")
    remedy = "Give it more backends (default_pool_size, max_db_connections)." if waiting else ""
    return Row("pooler", "warning" if waiting else "ok", text, remedy)


def _cell(here: engines.Engines, name: str) -> Cell:
    url = here.cell_url(name)
    is_local = make_url(url).host in LOCAL
    with owner.connect(here.control_url) as control:
        buckets, tenants = control.execute(_FACTS, {"cell": name}).fetchone() or (0, 0)
    with owner.connect(url) as cell:
        row = cell.execute("SELECT current_setting('max_connections')::int").fetchone()
        pids = cell.execute(_BACKENDS).fetchall() if is_local else []
    return Cell(
        name,
        buckets,
        tenants,
        connections=row[0] if row else 0,
        is_pooled=pooling.pooler_url(name) is not None,
        memory_mb=psutil.virtual_memory().total // 1_000_000 if is_local else None,
        processes=_processes() or USUAL_PROCESSES,
        busiest_mb=max((memory.own(pid) for (pid,) in pids), default=0.0),
    )


def _processes() -> int:
    """How many processes of ours on this machine keep pools; leaders of workers keep none."""
    ours = [
        pid
        for name, pid in memory.leaders(_environment.data_dir())
        if name.partition("-")[0] in {"web", "live", "work", "relay"}
    ]
    return sum(max(len(memory.family(pid)) - 1, 1) for pid in ours if memory.family(pid))
