"""A process of workers that reads mailboxes in small slices: there is a middle to kill."""

import logging
import sys

from app.domain.jobs.slices import Budget
from app.domain.mailboxes import syncing
from workers import claims
from workers.main import run

BATCH = 20


def _always(_: Budget) -> bool:
    return True


if __name__ == "__main__":
    logging.basicConfig(format="%(asctime)s %(name)s %(message)s")
    claims.LEASE_SECONDS = 3
    syncing.BATCH = BATCH
    setattr(Budget, "is_spent", _always)  # noqa: B010 - a method put in place of another
    sys.exit(run(set(sys.argv[1].split(","))))
