"""The outside world stays outside: connections leave this machine for nobody."""

import ipaddress
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock


class OutsideWorld(ConnectionError):
    """A test tried to reach something that is not on this machine."""


@contextmanager
def loopback_only() -> Iterator[None]:
    """Refuse every connection that does not stay on this machine, within the block."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def guarded(self: socket.socket, address: Any) -> None:
        _check(self, address)
        connect(self, address)

    def guarded_ex(self: socket.socket, address: Any) -> int:
        _check(self, address)
        return connect_ex(self, address)

    with mock.patch.multiple(socket.socket, connect=guarded, connect_ex=guarded_ex):
        yield


def _check(sock: socket.socket, address: Any) -> None:
    if sock.family not in {socket.AF_INET, socket.AF_INET6}:
        return
    host = address[0]
    if host == "localhost":
        return
    try:
        inside = ipaddress.ip_address(host).is_loopback
    except ValueError:
        inside = False
    if not inside:
        raise OutsideWorld(f"tests do not reach {host}")
