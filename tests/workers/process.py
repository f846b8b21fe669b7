"""A process of workers that also knows the jobs of the tests: python -m tests.workers.process fast,relay."""

import logging
import os
import sys

from tests.workers import jobs
from workers import claims
from workers.main import run

if __name__ == "__main__":
    logging.basicConfig(format="%(asctime)s %(name)s %(message)s")
    logging.getLogger("kith").setLevel(logging.INFO)
    logging.getLogger("kith").debug("with jobs of %s", jobs.__name__)
    claims.LEASE_SECONDS = int(os.environ.get("LEASE_SECONDS", claims.LEASE_SECONDS))
    sys.exit(run(set(sys.argv[1].split(","))))
