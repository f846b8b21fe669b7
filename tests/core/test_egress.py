"""What people type leads to the internet or nowhere: no way into our own network."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address, ip_network

import pytest

from app.core.egress import Address, Egress, Rules, is_public
from app.core.errors import Invalid, Unavailable

LOOPBACK = (ip_network("127.0.0.0/8"),)

INSIDE = [
    "http://127.0.0.1/",
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0177.0.0.1/",
    "http://0/",
    "http://0.0.0.0/",
    "http://localhost/",
    "http://localhost./",
    "http://LOCALHOST/",
    "http://[::1]/",
    "http://[::]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://[fe80::1]/",
    "http://[fd00::1]/",
    "http://169.254.169.254/latest/meta-data/",
    "http://[fd00:ec2::254]/",
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://192.168.0.1/",
    "http://100.64.0.1/",
    "http://198.18.0.1/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
]
NO_ADDRESS = [
    "ftp://example.com/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:80/",
    "javascript:alert(1)",
    "//example.com/",
    "http://",
    "http://user:secret@example.com/",
    "http://user@127.0.0.1/",
    "http://example.com:0/",
    "http://example.com:99999/",
    "http://exam ple.com/",
    "http://example.com/\r\nHost: inside",
]


@pytest.mark.parametrize("url", INSIDE)
def test_private_addresses_are_refused(url: str) -> None:
    with pytest.raises(Invalid):
        Egress().request("GET", url)


@pytest.mark.parametrize("url", NO_ADDRESS)
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(Invalid):
        Egress().request("GET", url)


@pytest.mark.parametrize("port", [22, 3306, 5432, 6379, 8080, 9200])
def test_other_ports_are_refused(port: int) -> None:
    with pytest.raises(Invalid):
        Egress().request("GET", f"http://8.8.8.8:{port}/")


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111"])
def test_public_addresses_are_let_out(address: str) -> None:
    assert is_public(ip_address(address))


class Turning(Egress):
    """A resolver whose answer changes with every question."""

    answers: list[list[str]]

    def resolve(self, host: str, port: int) -> list[Address]:  # type: ignore[override]
        return [ip_address(text) for text in self.answers.pop(0)]


def test_one_private_address_spoils_all() -> None:
    egress = Turning()
    egress.answers = [["8.8.8.8", "127.0.0.1"]]
    with pytest.raises(Invalid):
        egress.pinned("example.com", 443)


def test_name_is_looked_up_once_and_pinned() -> None:
    with listening(lambda sock: sock.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")) as port:
        egress = Turning(Rules(ports=frozenset({port}), allowed=LOOPBACK, seconds=60))
        egress.answers = [["127.0.0.1"]]
        assert egress.request("GET", f"http://example.com:{port}/").status == 204
        assert egress.answers == []


def test_redirect_is_an_answer_and_not_followed() -> None:
    text = b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n"
    with listening(lambda sock: sock.sendall(text)) as port:
        answer = allowed(port).request("GET", f"http://127.0.0.1:{port}/")
    assert (answer.status, answer.headers["location"]) == (302, "http://169.254.169.254/")


def test_too_large_an_answer_is_cut_off() -> None:
    def flood(sock: socket.socket) -> None:
        sock.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(100):
            sock.sendall(b"x" * 100_000)

    with listening(flood) as port, pytest.raises(Unavailable, match="too large"):
        allowed(port).request("GET", f"http://127.0.0.1:{port}/")


def test_answer_in_drops_is_cut_off() -> None:
    def drip(sock: socket.socket) -> None:
        sock.sendall(b"HTTP/1.1 200 OK\r\n")
        for _ in range(1000):
            sock.sendall(b"X: y\r\n")
            time.sleep(0.1)

    begin = time.monotonic()
    with listening(drip) as port, pytest.raises(Unavailable):
        allowed(port, seconds=0.5).request("GET", f"http://127.0.0.1:{port}/")
    # The last drop would come after a hundred seconds, and each in time.
    assert time.monotonic() - begin < 50


def allowed(port: int, seconds: float = 60) -> Egress:
    return Egress(Rules(ports=frozenset({port}), allowed=LOOPBACK, seconds=seconds))


@contextmanager
def listening(answer: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server that reads once and answers like `answer`; its port."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            try:
                sock, _ = server.accept()
                with sock:
                    sock.recv(65_536)
                    answer(sock)
            except OSError:
                return

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
    thread.join(5)
