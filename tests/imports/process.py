"""A process of workers whose imports take small chunks and wait at a gate: there is a middle to kill."""

import logging
import os
import sys
from pathlib import Path

from app.domain.imports import running
from app.domain.jobs.slices import Budget
from tests.workers.gate import Gate
from workers.main import run

CHUNK = 150


if __name__ == "__main__":
    logging.basicConfig(format="%(asctime)s %(name)s %(message)s")
    running.CHUNK = CHUNK
    gate = Gate(Path(os.environ["GATE"]))
    setattr(Budget, "is_spent", gate.as_budget())  # noqa: B010 - a method put in place of another
    sys.exit(run(set(sys.argv[1].split(","))))
