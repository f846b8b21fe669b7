"""The caught mails: one file each, the newest kept."""

import secrets
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

MOST = 500
RECIPIENTS = "X-Kith-Recipients"


@dataclass(frozen=True)
class Mail:
    """One mail; `at` is when it came, RFC 3339 in UTC."""

    id: str
    from_: str
    to: list[str]
    subject: str
    text: str
    html: str
    at: str
    reply_to: str = ""
    mail_id: str = ""

    def as_json(self) -> dict[str, object]:
        fields = asdict(self)
        fields["from"] = fields.pop("from_")
        return fields


class Store:
    """Mails in a folder; safe for several threads."""

    def __init__(self, folder: Path, most: int = MOST) -> None:
        self._folder = folder
        self._most = most
        self._lock = threading.Lock()
        folder.mkdir(parents=True, exist_ok=True)
        self._mails = [read(path) for path in sorted(folder.glob("*.eml"), reverse=True)[:most]]

    def newest_first(self, to: str = "") -> list[Mail]:
        """All mails, or those to one address."""
        with self._lock:
            return [mail for mail in self._mails if not to or to.lower() in (a.lower() for a in mail.to)]

    def find(self, mail_id: str) -> Mail | None:
        with self._lock:
            return next((mail for mail in self._mails if mail.id == mail_id), None)

    def add(self, content: bytes, recipients: Sequence[str]) -> Mail:
        """Keeps a mail as it came and forgets the oldest ones."""
        now = datetime.now(UTC)
        path = self._folder / f"{now:%Y%m%d-%H%M%S-%f}-{secrets.token_hex(3)}.eml"
        draft = path.with_suffix(".new")
        draft.write_bytes(f"{RECIPIENTS}: {', '.join(recipients)}\r\n".encode() + content)
        draft.rename(path)
        mail = read(path)
        with self._lock:
            self._mails.insert(0, mail)
            forgotten, self._mails = self._mails[self._most :], self._mails[: self._most]
        for old in forgotten:
            (self._folder / f"{old.id}.eml").unlink(missing_ok=True)
        return mail


def read(path: Path) -> Mail:
    """A mail from its file."""
    message = message_from_bytes(path.read_bytes(), policy=default)
    assert isinstance(message, EmailMessage)
    at = datetime.strptime(path.stem[:22], "%Y%m%d-%H%M%S-%f").replace(tzinfo=UTC)
    return Mail(
        id=path.stem,
        from_=str(message["From"] or ""),
        to=[part.strip() for part in str(message[RECIPIENTS] or "").split(",") if part.strip()],
        subject=str(message["Subject"] or ""),
        text=_body(message, "plain"),
        html=_body(message, "html"),
        at=at.isoformat().replace("+00:00", "Z"),
        reply_to=str(message["Reply-To"] or ""),
        mail_id=str(message["Message-ID"] or ""),
    )


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except LookupError:
        # A character set that nobody knows.
        return bytes(part.get_payload(decode=True) or b"").decode(errors="replace")
