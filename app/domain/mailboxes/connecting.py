"""Connecting a mailbox: where its servers are, and whether they let the member in, tried at once."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from app.core import imap, smtp
from app.core.actor import Actor
from app.core.clock import now
from app.core.egress import for_mail
from app.core.errors import Invalid, Problem
from app.core.limits import limit
from app.core.mailserver import Faulty, Security, Server
from app.core.permissions import require
from app.core.text import N_
from app.domain.mailboxes import queries, rules, syncing
from app.domain.messages.models import Mailbox
from app.records.values.reach import normal_email
from app.records.values.refused import Refused
from tenants.engines import engines
from tenants.session import session

TRIES = 20
TRY_WINDOW = timedelta(minutes=10)
TRY_SECONDS = 20.0
PORTS: Mapping[str, Mapping[str, int]] = {
    "imap": {"tls": 993, "starttls": 143, "none": 143},
    "smtp": {"tls": 465, "starttls": 587, "none": 25},
}
NOBODY = frozenset({"host", "silent"})
NO_HOST = N_("Enter the name of the server, such as imap.example.com.")
TAKEN = N_("You have connected this mailbox already.")


@dataclass(frozen=True)
class Login:
    """What a member types: an address, a password, and where the servers are."""

    address: str
    username: str
    password: str
    imap: Server
    smtp: Server


def login_from(values: Mapping[str, str]) -> Login:
    """The login that a form holds, gaps filled with what is usual; raises Invalid."""
    address = _address(values.get("address", ""))
    usual = rules.guess(address)
    if not values.get("password"):
        raise Invalid.one("password", "required", N_("Enter the password of the mailbox."))
    return Login(
        address=address,
        username=values.get("username", "").strip() or address,
        password=values["password"],
        imap=_server(values, "imap", usual.imap[0]),
        smtp=_server(values, "smtp", usual.smtp[0]),
    )


def connect(actor: Actor, login: Login, *, guessing: bool = False) -> Mailbox:
    """Keep the mailbox as a draft once both servers have let the member in; nothing of it is read yet.

    With `guessing` other usual names are tried where nobody answers at the first. Raises Invalid with a
    sentence on what is wrong where.
    """
    require(actor, "mailboxes:use")
    limit(f"mailbox-tries:{actor.member_id}", TRIES, TRY_WINDOW)
    if any(each.address == login.address for each in queries.own(actor)):
        raise Invalid.one("address", "taken", TAKEN)
    checked = _checked(login, guessing=guessing)
    mailbox = Mailbox(member_id=actor.member_id, state="draft", created_at=now(), **_stored(checked))
    session.add(mailbox)
    session.flush()
    return mailbox


def reconnect(actor: Actor, mailbox_id: UUID, login: Login) -> Mailbox:
    """Another password or other servers for a mailbox; what was read stays, and reading goes on."""
    require(actor, "mailboxes:use")
    limit(f"mailbox-tries:{actor.member_id}", TRIES, TRY_WINDOW)
    mailbox = queries.one(actor, mailbox_id)
    checked = _checked(replace(login, address=mailbox.address), guessing=False)
    for name, value in _stored(checked).items():
        setattr(mailbox, name, value)
    mailbox.failures, mailbox.error = 0, None
    if mailbox.state == "failing":
        mailbox.state = "idle"
    session.flush()
    if mailbox.state in {"idle", "syncing"}:
        syncing.stage(mailbox.id)
    return mailbox


def _stored(login: Login) -> dict[str, object]:
    return {
        "address": login.address,
        "username": login.username,
        "secret_encrypted": engines().vault.seal(login.password),
        "imap": login.imap.as_json(),
        "smtp": login.smtp.as_json(),
    }


def _checked(login: Login, *, guessing: bool) -> Login:
    """The login with servers that let it in; every problem is named at once."""
    usual = rules.guess(login.address)
    problems: list[Problem] = []
    servers: dict[str, Server] = {}
    for kind, first, names in (("imap", login.imap, usual.imap), ("smtp", login.smtp, usual.smtp)):
        candidates = [replace(first, host=name) for name in names] if guessing else [first]
        try:
            servers[kind] = _first_that_answers(kind, login, candidates)
        except Faulty as fault:
            path = "password" if fault.kind == "password" else f"{kind}_host"
            problems.append(Problem(path, fault.kind, fault.message, fault.data))
        if problems and problems[-1].path == "password":
            break
    if problems:
        raise Invalid(problems)
    return replace(login, imap=servers["imap"], smtp=servers["smtp"])


def _first_that_answers(kind: str, login: Login, candidates: list[Server]) -> Server:
    """The first of the names at which somebody answers; what is said there counts."""
    faults: list[Faulty] = []
    for server in candidates:
        try:
            return _tried(kind, login, server)
        except Faulty as fault:
            if fault.kind not in NOBODY:
                raise
            faults.append(fault)
    raise faults[0]


def _tried(kind: str, login: Login, server: Server) -> Server:
    if kind == "imap":
        with imap.signed_in(for_mail(), server, login.username, login.password, TRY_SECONDS):
            return server
    with smtp.signed_in(for_mail(), server, login.username, login.password, TRY_SECONDS):
        return server


def _address(written: str) -> str:
    try:
        return normal_email(written)
    except Refused as refused:
        raise Invalid.one("address", "email", refused.message, **refused.data) from refused


def _server(values: Mapping[str, str], kind: str, usual: str) -> Server:
    security: Security = _security(values.get(f"{kind}_security", ""))
    port = values.get(f"{kind}_port", "").strip() or str(PORTS[kind][security])
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise Invalid.one(f"{kind}_port", "port", N_("A port is a number, such as 993."))
    host = values.get(f"{kind}_host", "").strip().lower() or usual
    if len(host) > 253 or any(character.isspace() or character in "/@:\\" for character in host):
        raise Invalid.one(f"{kind}_host", "host", NO_HOST)
    return Server(host, int(port), security)


def _security(written: str) -> Security:
    if written == "starttls":
        return "starttls"
    return "none" if written == "none" else "tls"
