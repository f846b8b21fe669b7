"""Work of a benchmark in a process of its own, so that asking costs whoever is measured nothing."""

import multiprocessing
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import connection


@contextmanager
def process() -> Iterator[ProcessPoolExecutor]:
    """One process that does what is submitted, ready; it ends with this one, however that happens."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), _begin) as pool:
        pool.submit(os.getpid).result()
        yield pool


def _begin() -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    if (parent := multiprocessing.parent_process()) is not None:
        connection.wait([parent.sentinel])
        os._exit(1)
