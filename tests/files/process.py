"""A process of workers that stops short between a thumbnail's bytes and its commit, until a mark is there."""

import logging
import os
import sys
import time
from pathlib import Path
from typing import IO

from app.core import storage
from workers import claims
from workers.main import run

MARK = "STOPS_AT"
put = storage.put


def _stopping(key: str, body: bytes | IO[bytes], content_type: str = "application/octet-stream") -> None:
    put(key, body, content_type)
    mark = Path(os.environ[MARK])
    if not mark.exists():
        mark.touch()
        time.sleep(600)


if __name__ == "__main__":
    logging.basicConfig(format="%(asctime)s %(name)s %(message)s")
    storage.put = _stopping
    claims.LEASE_SECONDS = 2
    sys.exit(run(set(sys.argv[1].split(","))))
