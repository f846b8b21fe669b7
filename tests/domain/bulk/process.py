"""A process of workers whose bulk changes take small blocks and wait at a gate: there is a middle to kill."""

import logging
import os
import sys
from pathlib import Path

from app.domain.bulk import blocks
from app.domain.jobs.slices import Budget
from tests.workers.gate import Gate
from workers.main import run

SIZE = 100


if __name__ == "__main__":
    logging.basicConfig(format="%(asctime)s %(name)s %(message)s")
    blocks.SIZE = SIZE
    gate = Gate(Path(os.environ["GATE"]))
    setattr(Budget, "is_spent", gate.as_budget())  # noqa: B010 - a method put in place of another
    sys.exit(run(set(sys.argv[1].split(","))))
