"""Mail servers that people name: where they are, how they are reached, why they are not."""

import socket
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from typing import Any, Literal

from app.core.egress import Egress, Unreachable, ended_after
from app.core.errors import Invalid, KithError
from app.core.text import N_

Security = Literal["tls", "starttls", "none"]

SILENT = N_("%(host)s does not answer on port %(port)s.")
NO_TLS = N_("%(host)s does not offer an encrypted connection on port %(port)s.")
CERTIFICATE = N_("The certificate of %(host)s does not hold, so nobody knows who answers there.")
NO_SERVER = N_("There is no server called %(host)s.")
WRONG_PASSWORD = N_(
    "%(host)s does not take this user name and password."
    " Some providers want a password made for apps in place of your own."
)
STRANGE = N_("What answers at %(host)s on port %(port)s does not speak as a mail server should.")
OPEN = N_("Without encryption everybody on the way could read the password: choose TLS or STARTTLS.")


class Faulty(KithError):
    """A mail server did not do what was asked: `message` is an English msgid for people, `data` fills it.

    `kind` is host, port, private, silent, tls, certificate, password, open, strange or refused; `passing`
    tells whether trying again later may help.
    """

    def __init__(self, kind: str, message: str, **data: Any) -> None:
        super().__init__(message % data)
        self.kind = kind
        self.message = message
        self.data = data

    @property
    def passing(self) -> bool:
        """Whether it may be better in a while without anybody doing something."""
        return self.kind in {"silent", "strange", "host", "tls"}


@dataclass(frozen=True)
class Server:
    """Where a mail server is."""

    host: str
    port: int
    security: Security = "tls"

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Server":
        """The server that `as_json` told."""
        return cls(stored["host"], stored["port"], stored["security"])

    def as_json(self) -> dict[str, Any]:
        """The server as JSON."""
        return asdict(self)

    def fault(self, kind: str, message: str) -> Faulty:
        """What to raise about this server."""
        return Faulty(kind, message, host=self.host, port=self.port)


@contextmanager
def reached(egress: Egress, server: Server, seconds: float) -> Iterator[socket.socket]:
    """A connection to the server for `seconds` at most, by the guarded way out; raises Faulty."""
    if server.security == "none" and not egress.is_own(server.host, server.port):
        raise server.fault("open", OPEN)
    with ExitStack() as stack:
        sock = _connected(stack, egress, server)
        stack.enter_context(ended_after(sock, seconds))
        yield sock


def _connected(stack: ExitStack, egress: Egress, server: Server) -> socket.socket:
    try:
        return stack.enter_context(
            egress.connected(server.host, server.port, secure=server.security == "tls")
        )
    except Invalid as refused:
        code = refused.problems[0].code
        message = NO_SERVER if code == "host" else refused.problems[0].message
        raise server.fault(code, message) from refused
    except Unreachable as error:
        sentence = {"silent": SILENT, "tls": NO_TLS, "certificate": CERTIFICATE}[error.kind]
        raise server.fault(error.kind, sentence) from error
