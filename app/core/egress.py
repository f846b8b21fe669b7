"""The one way out to addresses that people typed: public hosts, few ports, a pinned address, bounds."""

import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Literal
from urllib.parse import SplitResult, urlsplit

from app.core import process, tls
from app.core.errors import Invalid, Unavailable
from app.core.text import N_

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

PORTS = frozenset({25, 80, 443, 465, 587, 993})
MAIL_PORTS = frozenset({25, 143, 465, 587, 993})
# Of IPv6 only global unicast is somebody else's; these parts of it carry an IPv4 address or are no host's.
EMBEDDING = tuple(map(ipaddress.ip_network, ("2001::/23", "2001:db8::/32", "2002::/16", "64:ff9b::/96")))
GLOBAL_V6 = ipaddress.ip_network("2000::/3")


@dataclass(frozen=True)
class Rules:
    """What is let out: ports, networks allowed although not public, seconds in all, bytes answered.

    In the networks that are allowed by name, which are the operator's own, every port is.
    """

    ports: frozenset[int] = PORTS
    allowed: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = ()
    seconds: float = 15.0
    most_bytes: int = 1024 * 1024


@dataclass(frozen=True)
class Answer:
    """What came back over HTTP; `headers` by lower-case name."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Unreachable(Unavailable):
    """Nobody answered as hoped; `kind` says how that went."""

    def __init__(self, message: str, kind: Literal["silent", "tls", "certificate"]) -> None:
        super().__init__(message)
        self.kind = kind


@dataclass
class Egress:
    """A client bound to its rules; `resolve` is the system's resolver."""

    rules: Rules = field(default_factory=Rules)

    def request(
        self, method: str, url: str, *, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Answer:
        """One HTTP exchange with a public server; redirects are answers and are not followed.

        Raises Invalid for an address that is not let out, Unavailable where nobody answers in time.
        """
        parts = _checked_url(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        with (
            self.connected(str(parts.hostname), port, secure=parts.scheme == "https") as sock,
            ended_after(sock, self.rules.seconds) as ended,
        ):
            connection = _Pinned(str(parts.hostname), port, sock)
            try:
                path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
                connection.request(method, path, body=body or None, headers=dict(headers or {}))
                answer = self._read(connection.getresponse())
                if ended.is_set():
                    raise TimeoutError
                return answer
            except (OSError, HTTPException, ValueError) as error:
                raise Unavailable(f"{parts.hostname} did not answer: {type(error).__name__}") from error
            finally:
                connection.close()

    @contextmanager
    def connected(self, host: str, port: int, *, secure: bool) -> Iterator[socket.socket]:
        """A connection to the very address that was checked; with TLS where `secure`.

        Raises Unreachable where that fails.
        """
        with self._opened(host, port) as plain:
            if not secure:
                yield plain
                return
            with _encrypted(plain, host) as sock:
                yield sock

    def _opened(self, host: str, port: int) -> socket.socket:
        address = self.pinned(host, port)
        try:
            return socket.create_connection((str(address), port), timeout=self.rules.seconds)
        except OSError as error:
            raise Unreachable(f"{host} does not answer: {type(error).__name__}", "silent") from error

    def pinned(self, host: str, port: int) -> Address:
        """An address of `host` that may be connected to; raises Invalid where any of them may not."""
        is_usual = port in self.rules.ports
        if not is_usual and not self.rules.allowed:
            raise Invalid.one("url", "port", N_("Only the usual ports are allowed."))
        addresses = self.resolve(host, port)
        if not is_usual and not all(map(self._is_own, addresses)):
            raise Invalid.one("url", "port", N_("Only the usual ports are allowed."))
        if not addresses:
            raise Invalid.one("url", "host", N_("This host does not exist."))
        # One private address among public ones is an attack or a mistake: neither is let out.
        if not all(self._may_reach(address) for address in addresses):
            raise Invalid.one("url", "private", N_("Addresses inside a private network are not allowed."))
        return addresses[0]

    @staticmethod
    def resolve(host: str, port: int) -> list[Address]:
        """All addresses of `host`, whatever way it is written."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            return []
        return [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]

    def is_own(self, host: str, port: int) -> bool:
        """Whether `host` is in one of the networks that are allowed by name, with all its addresses."""
        addresses = self.resolve(host, port)
        return bool(addresses) and all(map(self._is_own, addresses))

    def _may_reach(self, address: Address) -> bool:
        return self._is_own(address) or is_public(address)

    def _is_own(self, address: Address) -> bool:
        return any(address in network for network in self.rules.allowed if network.version == address.version)

    def _read(self, response: HTTPResponse) -> Answer:
        body = response.read(self.rules.most_bytes + 1)
        if len(body) > self.rules.most_bytes:
            raise Unavailable("the answer is too large")
        headers = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, headers, body)


def for_mail() -> Egress:
    """The way out to mail servers; KITH_EGRESS_ALLOWED names the networks that are the operator's own."""
    return Egress(Rules(ports=MAIL_PORTS, seconds=10.0, allowed=process.settings().egress_allowed))


def _encrypted(plain: socket.socket, host: str) -> ssl.SSLSocket:
    try:
        return tls.context().wrap_socket(plain, server_hostname=host.rstrip("."))
    except ssl.SSLCertVerificationError as error:
        raise Unreachable(f"the certificate of {host} does not hold", "certificate") from error
    except (OSError, ValueError) as error:
        raise Unreachable(f"{host} speaks no TLS: {type(error).__name__}", "tls") from error


def is_public(address: Address) -> bool:
    """Whether the address is a stranger's on the internet, and not ours, a neighbour's or nobody's."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if address not in GLOBAL_V6 or any(address in network for network in EMBEDDING):
            return False
    return address.is_global and not address.is_multicast


@contextmanager
def ended_after(sock: socket.socket, seconds: float) -> Iterator[threading.Event]:
    """Whoever answers drop by drop is cut off when the time is up, which the event tells."""
    ended = threading.Event()

    def end() -> None:
        ended.set()
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield ended
    finally:
        timer.cancel()


class _Pinned(HTTPConnection):
    """HTTP over a socket that is open already."""

    def __init__(self, host: str, port: int, sock: socket.socket) -> None:
        super().__init__(host, port)
        self.sock = sock

    def connect(self) -> None:
        """Never again: another look at the name could lead elsewhere."""
        raise OSError("the connection was closed")


def _checked_url(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        wrong = parts.scheme not in {"http", "https"} or not parts.hostname or parts.port == 0
    except ValueError:
        wrong = True
    if wrong or any(ord(character) < 33 or ord(character) == 127 for character in url):
        raise Invalid.one("url", "address", N_("Enter an address that begins with https://."))
    if parts.username is not None or parts.password is not None:
        raise Invalid.one("url", "userinfo", N_("The address must not contain a user name or password."))
    return parts
