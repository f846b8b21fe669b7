"""The launcher, in a checkout of its own that asks for no packages."""

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

pytestmark = pytest.mark.long
ROOT = Path(__file__).parents[2]
CLI = """
import sys, pathlib
import here
print(sys.argv[1:], pathlib.Path.cwd().name, sys.prefix)
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "Kith für uns"
    (folder / "app").mkdir(parents=True)
    shutil.copy(ROOT / "kith", folder)
    (folder / "requirements.txt").write_text("# nothing\n")
    (folder / "requirements-local.txt").write_text("-r requirements.txt\n")
    (folder / "requirements-test.txt").write_text("# nothing\n")
    (folder / "app" / "__init__.py").touch()
    (folder / "app" / "cli.py").write_text(CLI)
    (folder / "here.py").touch()
    return folder


def kith(checkout: Path, *arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        [sys.executable, str(checkout / "kith"), *arguments],
        cwd=cwd or checkout,
        env=environment,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )


def test_first_run_mends_installs_and_the_next_is_quiet(checkout: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    # A folder of that name where the person stands must not be taken for ours.
    (elsewhere / "app").mkdir(parents=True)
    half_made(checkout)
    first = kith(checkout, "up", "--port", "1", cwd=elsewhere)
    assert first.stdout == f"['up', '--port', '1'] elsewhere {checkout / '.venv'}\n"
    assert "Installed in" in first.stderr
    assert kith(checkout, "up").stderr == ""
    (checkout / "requirements.txt").write_text("# nothing, said otherwise\n")
    assert "Installing requirements-local.txt" in kith(checkout, "up").stderr
    assert "Installing requirements-test.txt" in kith(checkout, "test").stderr
    assert kith(checkout, "up").stderr == ""


def half_made(checkout: Path) -> None:
    """An environment that lost its Python."""
    (checkout / ".venv" / "bin").mkdir(parents=True)
    (checkout / ".venv" / "bin" / "python").symlink_to("/nowhere/python")


def test_two_first_starts_wait_for_each_other_and_install_no_local_servers(checkout: Path) -> None:
    with ThreadPoolExecutor(2) as both:
        runs = list(both.map(lambda verb: kith(checkout, verb), ["serve", "work"]))
    assert [run.returncode for run in runs] == [0, 0]
    assert sum("Installed in" in run.stderr for run in runs) == 1
    assert sum("Installing requirements.txt" in run.stderr for run in runs) == 1
    assert kith(checkout, "migrate").stderr == ""
    assert "Installing requirements-local.txt" in kith(checkout, "up").stderr
    assert kith(checkout, "work").stderr == ""


def test_failed_installation_is_said_and_tried_again(checkout: Path) -> None:
    (checkout / "requirements.txt").write_text("./there-is-no-such-folder\n")
    failed = kith(checkout, "up")
    assert failed.returncode == 1
    assert "The packages could not be installed" in failed.stderr
    (checkout / "requirements.txt").write_text("# mended\n")
    mended = kith(checkout, "up")
    # What a broken installation left behind is not built upon.
    assert "Making the environment" in mended.stderr
    assert mended.returncode == 0
