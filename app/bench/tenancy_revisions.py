"""Revisions that only a benchmark has, chained behind the product's own, and a process that runs them.

As a program: `python -m app.bench.tenancy_revisions FOLDER NUMBER TIMES WORKERS` says READY, migrates TIMES
times, from revision NUMBER on, and prints the seconds of all runs together.
"""

import os
import sys
import time
from pathlib import Path

from app import config
from tenants import revisions, runner
from tenants.engines import configure

READY = "ready"
MARKS = "CREATE TABLE bench_marks (revision text NOT NULL)"
# The mark tells afterwards how often the revision ran in a schema.
MARKED = """
ALTER TABLE deals ADD COLUMN bench_{number} text;
CREATE INDEX deals_bench_{number} ON deals (bench_{number});
INSERT INTO bench_marks VALUES ('{number}');
"""
_TEXT = """# Of a benchmark.

from alembic import op

revision = "{name}"
down_revision = "{before}"


def upgrade() -> None:
    op.execute('''{sql}''')
"""


def name(number: int) -> str:
    """The revision's id."""
    return f"bench_{number}"


def write(folder: Path, number: int, sql: str) -> None:
    """Write revision `number` behind those in `folder`, or the product's, and chain the folder."""
    revisions.chain(folder)
    before = revisions.head("tenant")
    text = _TEXT.format(name=name(number), before=before, sql=sql.format(number=number))
    (folder / f"{name(number)}.py").write_text(text)
    revisions.forget()


def migrate(workers: int) -> float:
    """Bring every tenant to the head, or raise RuntimeError; the seconds it took."""
    began = time.perf_counter()
    report = runner.migrate(workers=workers)
    if report.failed or report.broken:
        raise RuntimeError(str(report.failed or report.broken))
    return time.perf_counter() - began


def main(folder: Path, number: int, times: int, workers: int) -> float:
    """Write and run so many revisions, one after the other; the seconds of the runs."""
    settings = config.load(os.environ)
    configure(settings.database_url, settings.secret_keys)
    _say(READY)
    seconds = 0.0
    for each in range(number, number + times):
        write(folder, each, MARKED)
        seconds += migrate(workers)
    return seconds


def _say(what: object) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    _, place, first, rounds, threads = sys.argv
    _say(main(Path(place), int(first), int(rounds), int(threads)))
