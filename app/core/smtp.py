"""Sending by a member's own mail server, by the guarded way out."""

import smtplib
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from app.core import tls
from app.core.egress import Egress
from app.core.mailserver import NO_TLS, STRANGE, WRONG_PASSWORD, Faulty, Server, reached
from app.core.text import N_

SESSION_SECONDS = 60.0
ADDRESS_REFUSED = N_("%(host)s refuses to send to %(address)s: %(answer)s")
MAIL_REFUSED = N_("%(host)s refuses the mail: %(answer)s")
NOT_NOW = N_("%(host)s does not take the mail now: %(answer)s")
BROKE_OFF = N_("%(host)s fell silent while it took the mail: nobody knows whether it went out.")


class Uncertain(Faulty):
    """The connection ended after the mail was handed over and before the server said that it took it."""


@contextmanager
def signed_in(
    egress: Egress, server: Server, username: str, password: str, seconds: float = SESSION_SECONDS
) -> Iterator["Session"]:
    """A session of at most `seconds`; raises Faulty, in words for who connected the mailbox."""
    with reached(egress, server, seconds) as sock:
        try:
            client = _Pinned(server, sock)
        except (OSError, smtplib.SMTPException) as error:
            raise server.fault("strange", STRANGE) from error
        try:
            _sign_in(client, server, username, password)
            yield Session(client, server)
        finally:
            with suppress(OSError, smtplib.SMTPException):
                client.quit()


class Session:
    """A signed-in SMTP connection."""

    def __init__(self, client: smtplib.SMTP, server: Server) -> None:
        self._client = client
        self._server = server

    def send(self, sender: str, recipients: Sequence[str], content: bytes) -> None:
        """Hand over one mail to all recipients or to none.

        Raises Faulty (`passing` where it may go later) when the server did not take it, Uncertain when
        nobody knows.
        """
        try:
            self._offer(sender, recipients)
        except (OSError, smtplib.SMTPServerDisconnected) as error:
            raise self._server.fault("strange", STRANGE) from error
        try:
            code, answer = self._client.data(content)
        except smtplib.SMTPDataError as error:
            raise self._refusal(error.smtp_code, error.smtp_error, MAIL_REFUSED) from error
        except (OSError, smtplib.SMTPException) as error:
            raise Uncertain("uncertain", BROKE_OFF, host=self._server.host) from error
        if code != 250:
            raise self._refusal(code, answer, MAIL_REFUSED)

    def _offer(self, sender: str, recipients: Sequence[str]) -> None:
        """Name who sends to whom; one refused recipient keeps the whole mail here."""
        self._client.ehlo_or_helo_if_needed()
        code, answer = self._client.mail(sender)
        if code != 250:
            raise self._refusal(code, answer, MAIL_REFUSED)
        for address in recipients:
            code, answer = self._client.rcpt(address)
            if code not in {250, 251}:
                raise self._refusal(code, answer, ADDRESS_REFUSED, address=address)

    def _refusal(self, code: int, answer: bytes | str, message: str, **data: str) -> Faulty:
        said = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
        kind, sentence = ("refused", message) if code >= 500 else ("silent", NOT_NOW)
        told = " ".join(f"{code} {said}".split())[:300]
        return Faulty(kind, sentence, host=self._server.host, answer=told, **data)


def _sign_in(client: smtplib.SMTP, server: Server, username: str, password: str) -> None:
    try:
        client.ehlo()
        if server.security == "starttls":
            client.starttls(context=tls.context())
            client.ehlo()
    except (OSError, smtplib.SMTPException) as error:
        raise server.fault("tls", NO_TLS) from error
    try:
        if client.has_extn("auth"):
            client.login(username, password)
        elif server.security != "none":
            raise server.fault("strange", STRANGE)
    except smtplib.SMTPAuthenticationError as error:
        raise server.fault("password", WRONG_PASSWORD) from error
    except (OSError, smtplib.SMTPException) as error:
        raise server.fault("strange", STRANGE) from error


class _Pinned(smtplib.SMTP):
    """The standard library's client on a socket that is open already."""

    def __init__(self, server: Server, sock: socket.socket) -> None:
        self._given = sock
        super().__init__(server.host, server.port)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:  # noqa: ARG002 - of the base
        return self._given
