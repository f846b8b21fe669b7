"""IMAP by the guarded way out: a session in which a mailbox can be looked at, never changed but by append."""

import imaplib
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError, LoginError

from app.core import tls
from app.core.egress import Egress
from app.core.mailserver import NO_TLS, SILENT, STRANGE, WRONG_PASSWORD, Faulty, Server, reached

SESSION_SECONDS = 120.0
# What a server may send as one piece; more is an attack on the memory.
LARGEST_LITERAL = 32 * 1024 * 1024
HEADER_BYTES = 64 * 1024
# The connection is gone; any other failure is an answer.
LOST = (OSError, imaplib.IMAP4.abort)
FAILURES = (OSError, imaplib.IMAP4.error, IMAPClientError)
_HEADER = f"BODY.PEEK[HEADER]<0.{HEADER_BYTES + 1}>"


@dataclass(frozen=True)
class Folder:
    """A folder; `role` is inbox, sent, junk, trash, drafts, archive, all or nothing."""

    name: str
    role: str


@dataclass(frozen=True)
class Status:
    """How a folder stands: ids hold for one `uidvalidity` (RFC 9051, 2.3.1.1); next comes `uidnext`."""

    uidvalidity: int
    uidnext: int
    messages: int


@dataclass(frozen=True)
class Head:
    """A mail's header, its size in bytes and when the server got it."""

    header: bytes
    size: int
    received_at: datetime | None


class Session:
    """A signed-in IMAP connection."""

    def __init__(self, client: IMAPClient) -> None:
        self._client = client

    def folders(self) -> list[Folder]:
        """Every folder that can hold mail."""
        found = self._client.list_folders()
        return [
            Folder(str(name), _role(str(name), flags))
            for flags, _, name in found
            if b"\\noselect" not in {flag.lower() for flag in flags}
        ]

    def status(self, folder: str) -> Status:
        """How `folder` stands, without opening it."""
        told = self._client.folder_status(folder, ["UIDVALIDITY", "UIDNEXT", "MESSAGES"])
        return Status(int(told[b"UIDVALIDITY"]), int(told[b"UIDNEXT"]), int(told[b"MESSAGES"]))

    def open(self, folder: str) -> Status:
        """Look into `folder` without changing it: no mail becomes read."""
        told = self._client.select_folder(folder, readonly=True)
        highest = int(told.get(b"UIDNEXT", 0)) or self._next_uid(int(told.get(b"EXISTS", 0)))
        return Status(int(told.get(b"UIDVALIDITY", 0)), highest, int(told.get(b"EXISTS", 0)))

    def since(self, start: date | None, first_uid: int = 1) -> list[int]:
        """Ids of the open folder's mails that arrived on `start` or later, from `first_uid` on, ascending."""
        criteria: list[Any] = ["UID", f"{first_uid}:*"]
        if start is not None:
            criteria += ["SINCE", start]
        # "n:*" also names the last mail where n lies beyond it.
        return sorted(uid for uid in map(int, self._client.search(criteria)) if uid >= first_uid)

    def heads(self, uids: Sequence[int]) -> dict[int, Head]:
        """Headers of many mails in one answer, cut off after 64 KB; what is gone meanwhile is left out."""
        found = self._client.fetch(uids, [_HEADER, "RFC822.SIZE", "INTERNALDATE"])
        return {
            uid: Head(_literal(told, b"BODY[HEADER]"), int(told[b"RFC822.SIZE"]), _moment(told))
            for uid, told in found.items()
            if b"RFC822.SIZE" in told
        }

    def contents(self, uids: Sequence[int], most_bytes: int) -> dict[int, bytes]:
        """Whole mails, each cut off after `most_bytes`."""
        found = self._client.fetch(uids, [f"BODY.PEEK[]<0.{most_bytes}>"])
        return {uid: _literal(told, b"BODY[]") for uid, told in found.items()}

    def holds(self, folder: str, mail_id: str) -> bool:
        """Whether a mail with this Message-ID lies in `folder`."""
        self._client.select_folder(folder, readonly=True)
        return bool(self._client.search(["HEADER", "Message-ID", mail_id]))

    def append(self, folder: str, content: bytes, at: datetime) -> None:
        """Put a mail into `folder`, marked as read."""
        self._client.append(folder, content, flags=(b"\\Seen",), msg_time=at)

    def _next_uid(self, messages: int) -> int:
        if not messages:
            return 1
        found = self._client.search(["UID", "*"])
        return int(found[-1]) + 1 if found else 1


@contextmanager
def signed_in(
    egress: Egress, server: Server, username: str, password: str, seconds: float = SESSION_SECONDS
) -> Iterator[Session]:
    """A session of at most `seconds`; raises Faulty, in words for who connected the mailbox."""
    with reached(egress, server, seconds) as sock:
        try:
            client = _Pinned(server, sock)
        except FAILURES as error:
            raise _fault(server, error) from error
        try:
            _sign_in(client, server, username, password)
            yield Session(client)
        except FAILURES as error:
            raise _fault(server, error) from error
        finally:
            with suppress(*FAILURES):
                client.logout()


def _sign_in(client: IMAPClient, server: Server, username: str, password: str) -> None:
    if server.security == "starttls":
        try:
            client.starttls(tls.context())
        except FAILURES as error:
            raise server.fault("tls", NO_TLS) from error
    try:
        client.login(username, password)
    except LoginError as error:
        raise server.fault("password", WRONG_PASSWORD) from error


def _fault(server: Server, error: Exception) -> Faulty:
    is_gone = isinstance(error, LOST)
    return server.fault("silent", SILENT) if is_gone else server.fault("strange", STRANGE)


class _Connection(imaplib.IMAP4):
    """The standard library's client on a socket that is open already."""

    def __init__(self, host: str, port: int, sock: socket.socket) -> None:
        self._given = sock
        super().__init__(host, port)

    def _create_socket(self, timeout: float | None = None) -> socket.socket:  # noqa: ARG002 - of the base
        return self._given

    def read(self, size: int) -> bytes:
        if size > LARGEST_LITERAL:
            raise self.abort("the server sends more than was asked for")
        return super().read(size)


class _Pinned(IMAPClient):  # type: ignore[misc]
    """IMAPClient on a socket that is open already; another look at the host's name could lead elsewhere."""

    def __init__(self, server: Server, sock: socket.socket) -> None:
        self._given = sock
        super().__init__(server.host, server.port, ssl=False)
        self.normalise_times = False
        # Else every line is written out for a log that nobody reads.
        self._imap.debug = 0

    def _create_IMAP4(self) -> imaplib.IMAP4:
        return _Connection(self.host, self.port, self._given)


def _literal(told: dict[bytes, Any], name: bytes) -> bytes:
    """The piece called `name`, which servers name with or without where it begins."""
    found = told.get(name + b"<0>", told.get(name, b""))
    return found if isinstance(found, bytes) else b""


def _moment(told: dict[bytes, Any]) -> datetime | None:
    at = told.get(b"INTERNALDATE")
    return at.astimezone(UTC) if isinstance(at, datetime) else None


# Attributes of RFC 6154, and what folders are called where a server tells none.
_ROLES = {
    "sent": {"sent", "sent items", "sent messages", "sent mail", "gesendet", "gesendete objekte"},
    "drafts": {"drafts", "entwürfe"},
    "junk": {"junk", "spam", "junk e-mail", "bulk mail"},
    "trash": {"trash", "deleted items", "deleted messages", "papierkorb", "gelöschte elemente"},
    "archive": {"archive", "archiv"},
}


def _role(name: str, flags: Sequence[bytes]) -> str:
    if name.upper() == "INBOX":
        return "inbox"
    told = {flag.decode("ascii", "replace").lstrip("\\").lower() for flag in flags}
    for role in (*_ROLES, "all"):
        if role in told:
            return role
    last = name.replace(".", "/").rpartition("/")[2].lower()
    return next((role for role, names in _ROLES.items() if last in names), "")
