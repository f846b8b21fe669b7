"""A process of workers that reads mailboxes in small slices and waits at a gate: there is a middle."""

import logging
import os
import sys
from pathlib import Path

from app.domain.jobs.slices import Budget
from app.domain.mailboxes import syncing
from tests.workers.gate import Gate
from workers import claims
from workers.main import run

BATCH = 20


if __name__ == "__main__":
    logging.basicConfig(format="%(asctime)s %(name)s %(message)s")
    claims.LEASE_SECONDS = 3
    syncing.BATCH = BATCH
    gate = Gate(Path(os.environ["GATE"]))
    setattr(Budget, "is_spent", gate.as_budget())  # noqa: B010 - a method put in place of another
    sys.exit(run(set(sys.argv[1].split(","))))
