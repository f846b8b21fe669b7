"""What a process has loaded is not looked through again."""

import subprocess
import sys

_SETTLED = """
import gc
from app.core import collector
loaded = len(gc.get_objects())
collector.settle()
assert gc.get_freeze_count() > loaded / 2 > len(gc.get_objects())
assert gc.get_threshold() == (collector.YOUNG, collector.MIDDLE, collector.OLD)
ring = []
ring.append(ring)
del ring
assert gc.collect() >= 1
"""


def test_settled_process_still_frees_new_rings() -> None:
    subprocess.run([sys.executable, "-c", _SETTLED], check=True)
