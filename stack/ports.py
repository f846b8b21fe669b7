"""Free TCP ports on loopback."""

import random
import socket

# Below the range from which systems take the ports of outgoing connections,
# so a port that is remembered is seldom taken when its part comes back.
FIRST, LAST = 20_000, 32_000
LOOPBACK = "127.0.0.1"


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """Whether a server could listen on `port` now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return not answers(port)


def answers(port: int, host: str = LOOPBACK, seconds: float = 0.5) -> bool:
    """Whether something accepts connections on `port`."""
    try:
        with socket.create_connection((host, port), timeout=seconds):
            return True
    except OSError:
        return False


def free(count: int = 1, avoid: frozenset[int] = frozenset()) -> list[int]:
    """`count` different ports that are free now and not in `avoid`."""
    found: set[int] = set()
    while len(found) < count:
        port = random.randint(FIRST, LAST)  # noqa: S311 - a port is no secret
        if port not in avoid and port not in found and is_free(port):
            found.add(port)
    return list(found)
