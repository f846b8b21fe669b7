"""A process of workers whose bulk changes take small blocks and short slices: there is a middle to kill."""

import logging
import sys

from app.domain.bulk import blocks
from app.domain.jobs.slices import Budget
from workers.main import run

SIZE = 100


def _always(_: Budget) -> bool:
    return True


if __name__ == "__main__":
    logging.basicConfig(format="%(asctime)s %(name)s %(message)s")
    blocks.SIZE = SIZE
    setattr(Budget, "is_spent", _always)  # noqa: B010 - a method put in place of another
    sys.exit(run(set(sys.argv[1].split(","))))
