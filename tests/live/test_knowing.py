"""The live process knows whatever the other processes know of who hears what."""

import subprocess
import sys

from app.config import ROOT

TELL = """
from app.records import watching
import {module}
print(sorted(watching._of_records | watching._of_persons))
"""


def test_live_process_knows_every_verb_that_customers_hear() -> None:
    assert _known("app.live.server") == _known("app.factory")


def _known(module: str) -> str:
    command = [sys.executable, "-P", "-c", TELL.format(module=module)]
    done = subprocess.run(command, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, capture_output=True, check=True)
    return done.stdout.decode()
