"""What to do about a company whose pages are slow. Pure."""

from dataclasses import dataclass

from app.core.text import N_

# Below so many requests an average says little: caches are filled by each.
FEW_REQUESTS = 20
SLOW_MS = 250
MOSTLY_DATABASE = 0.6
MUCH_WORK_SHARE = 0.25
BUSY_SHARE = 0.3
LARGE_RECORDS = 200_000

COLD = N_("Few pages were asked for, and each filled its caches: nothing to do.")
JOBS = N_(
    "Its jobs take much of the workers' time: look at what it imports or sends, and run another process of"
    " work.bulk if others wait."
)
LARGE = N_(
    "It is large, and its pages wait for the database: see which column its people filter or sort by and have"
    " that field marked sortable."
)
DATABASE = N_(
    "Its pages wait for the database: ./kith doctor tells whether the cell has room; if not, move it to an"
    " emptier one with ./kith tenant move."
)
BUSY = N_(
    "It is busy rather than slow: it makes much of its cell's pages. Move it to a cell with more room before"
    " others feel it."
)
DOORS = N_("Its pages wait for the processes of the doors: start another web process.")
FINE = N_("Nothing stands out: nothing to do.")


@dataclass(frozen=True)
class Load:
    """What a company asked of us in some time: pages, their milliseconds, those of them spent waiting for the
    database, seconds of jobs, and its share (0 to 1) of its cell's pages; `records` in all."""

    requests: int
    request_ms: int
    database_ms: int
    job_seconds: int
    share: float
    records: int

    @property
    def average_ms(self) -> float:
        """Milliseconds of a page."""
        return self.request_ms / self.requests if self.requests else 0.0

    @property
    def database_share(self) -> float:
        """How much of a page is waiting for the database, 0 to 1."""
        return min(1.0, self.database_ms / self.request_ms) if self.request_ms else 0.0


def advice(load: Load, seconds: float) -> str:
    """One sentence (a msgid) about a load of so many seconds."""
    if load.job_seconds > seconds * MUCH_WORK_SHARE:
        return JOBS
    if load.requests < FEW_REQUESTS:
        return COLD
    if load.average_ms >= SLOW_MS:
        if load.database_share < MOSTLY_DATABASE:
            return DOORS
        return LARGE if load.records >= LARGE_RECORDS else DATABASE
    return BUSY if load.share >= BUSY_SHARE else FINE
