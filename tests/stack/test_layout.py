"""The data folder of a stack."""

import errno
from pathlib import Path

import pytest

from stack import layout, ports, running
from stack.errors import StackError
from stack.layout import Layout


@pytest.mark.parametrize(
    ("number", "remedy"),
    [(errno.ENOSPC, "free some space"), (errno.EACCES, "sudo chown -R"), (errno.EROFS, "--data")],
)
def test_errors_of_the_disk_come_with_a_remedy(number: int, remedy: str) -> None:
    assert remedy in layout.explain(OSError(number, "no"), Path("/srv/kith"))


def test_sockets_get_a_short_path(tmp_path: Path) -> None:
    assert len(str(Layout(tmp_path / ("x" * 90)).sockets)) <= layout.LONGEST_SOCKET_FOLDER
    assert Layout(tmp_path / ("a" * 90)).sockets != Layout(tmp_path / ("b" * 90)).sockets


def test_one_folder_has_one_holder(tmp_path: Path) -> None:
    place = layout.prepare(tmp_path)
    with running.alone(place):
        assert running.is_up(tmp_path)
        with pytest.raises(StackError, match="already running"), running.alone(place):
            pass
    assert not running.is_up(tmp_path)


def test_state_with_passwords_is_private(tmp_path: Path) -> None:
    place = layout.prepare(tmp_path)
    running.save(place, {"settings": {"KITH_X": "1"}})
    assert (place.run / running.STATE).stat().st_mode & 0o077 == 0
    with pytest.raises(StackError, match="No Kith is running"):
        running.settings(tmp_path)
    with running.alone(place):
        assert running.settings(tmp_path) == {"KITH_X": "1"}


def test_free_ports_are_free_and_differ() -> None:
    found = ports.free(20)
    assert len(set(found)) == 20
    assert all(map(ports.is_free, found))
