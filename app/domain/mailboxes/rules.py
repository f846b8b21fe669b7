"""Where mail servers usually are, who writes by machine, what becomes of a mail, when to look again. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from uuid import UUID

Privacy = Literal["metadata", "subject", "full"]
State = Literal["stored", "unknown", "ignored", "refused"]
PRIVACIES: tuple[Privacy, ...] = ("metadata", "subject", "full")

# Providers whose servers are not called after the address.
_PROVIDERS = {
    "gmail.com": ("imap.gmail.com", "smtp.gmail.com"),
    "googlemail.com": ("imap.gmail.com", "smtp.gmail.com"),
    "outlook.com": ("outlook.office365.com", "smtp.office365.com"),
    "hotmail.com": ("outlook.office365.com", "smtp.office365.com"),
    "live.com": ("outlook.office365.com", "smtp.office365.com"),
    "icloud.com": ("imap.mail.me.com", "smtp.mail.me.com"),
    "me.com": ("imap.mail.me.com", "smtp.mail.me.com"),
    "yahoo.com": ("imap.mail.yahoo.com", "smtp.mail.yahoo.com"),
    "gmx.de": ("imap.gmx.net", "mail.gmx.net"),
    "gmx.net": ("imap.gmx.net", "mail.gmx.net"),
    "web.de": ("imap.web.de", "smtp.web.de"),
    "t-online.de": ("secureimap.t-online.de", "securesmtp.t-online.de"),
}
# Whoever has an address there works somewhere else: no company is found by such a domain.
FREE_MAIL = frozenset(_PROVIDERS) | frozenset(
    "aol.com freenet.de gmx.at gmx.ch gmx.com mail.com mail.ru posteo.de proton.me protonmail.com"
    " mailbox.org yahoo.de yandex.ru zoho.com qq.com 163.com orange.fr laposte.net libero.it wp.pl".split()
)
_MACHINES = (
    "no-reply", "noreply", "no_reply", "donotreply", "do-not-reply", "mailer-daemon", "postmaster",
    "bounce", "bounces", "notification", "notifications", "newsletter",
)  # fmt: skip

EVERY = timedelta(minutes=5)
_LONGEST = timedelta(hours=6)


@dataclass(frozen=True)
class Guess:
    """Host names at which the servers of an address may be, the likeliest first."""

    imap: tuple[str, ...]
    smtp: tuple[str, ...]


@dataclass(frozen=True)
class Envelope:
    """What a header tells. `others` are the addresses that are not ours, the likeliest partner first."""

    mail_id: str
    refs: tuple[str, ...]
    direction: Literal["in", "out"]
    sender: str
    others: tuple[str, ...]
    automatic: bool


@dataclass(frozen=True)
class Contact:
    """A person that is known by an address."""

    id: UUID
    name: str
    company_id: UUID | None


@dataclass(frozen=True)
class Known:
    """Who is known: contacts by address, companies by address and domain, and what was decided."""

    contacts: Mapping[str, Contact]
    companies: Mapping[str, UUID]
    decisions: Mapping[str, str]

    def decision(self, address: str) -> str | None:
        """What was decided about an address, or about its domain."""
        return self.decisions.get(address) or self.decisions.get(f"@{domain_of(address)}")

    def company(self, address: str) -> UUID | None:
        """The company that an address belongs to."""
        return self.companies.get(address) or self.companies.get(domain_of(address))


@dataclass(frozen=True)
class Verdict:
    """What becomes of a mail, why, and to whom it belongs."""

    state: State
    reason: str = ""
    correspondent: str | None = None
    contact: Contact | None = None
    company_id: UUID | None = None


def verdict(envelope: Envelope, known: Known, our_domains: Collection[str]) -> Verdict:
    """The one decision about a mail: blocked, known, internal, written by a machine, ignored, or unknown."""
    others = [each for each in envelope.others if known.decision(each) != "blocked"]
    if envelope.others and (not others or _is_from_blocked(envelope, known)):
        return Verdict("ignored", "blocked")
    for address in others:
        if contact := known.contacts.get(address):
            return Verdict("stored", "contact", address, contact, contact.company_id)
    outside = [each for each in others if domain_of(each) not in our_domains]
    if not outside:
        return Verdict("ignored", "internal")
    if envelope.automatic or is_machine(outside[0]):
        return Verdict("ignored", "automatic")
    for address in outside:
        if company := known.company(address):
            return Verdict("stored", "company", address, None, company)
    wanted = [each for each in outside if known.decision(each) is None and not is_machine(each)]
    if not wanted:
        return Verdict("ignored", "ignored", outside[0])
    return Verdict("unknown", "", wanted[0])


def _is_from_blocked(envelope: Envelope, known: Known) -> bool:
    return envelope.direction == "in" and known.decision(envelope.sender) == "blocked"


def guess(address: str) -> Guess:
    """Where the servers of `address` usually are."""
    domain = domain_of(address)
    if domain in _PROVIDERS:
        imap, smtp = _PROVIDERS[domain]
        return Guess((imap,), (smtp,))
    return Guess((f"imap.{domain}", f"mail.{domain}", domain), (f"smtp.{domain}", f"mail.{domain}", domain))


def domain_of(address: str) -> str:
    """What stands behind the @."""
    return address.rpartition("@")[2]


def company_domain(address: str) -> str | None:
    """The domain of the company behind an address; none where everybody can have such an address."""
    domain = domain_of(address)
    return None if not domain or domain in FREE_MAIL else domain


def is_machine(address: str) -> bool:
    """Whether nobody reads what is sent to `address`."""
    local = address.partition("@")[0]
    return local in _MACHINES or local.startswith(("no-reply", "noreply", "bounce+", "bounces+", "prvs="))


def wait(failures: int, *, passing: bool) -> timedelta:
    """When to look again after so many failures in a row; what time does not mend is asked rarely."""
    if failures == 0:
        return EVERY
    first = EVERY if passing else timedelta(hours=1)
    return min(first * (1 << min(failures - 1, 10)), _LONGEST)


def more_open(one: str, other: str) -> Privacy:
    """The level that shows more."""
    return max((one, other), key=PRIVACIES.index)  # type: ignore[arg-type]


def name_from(address: str, told: str) -> tuple[str, str]:
    """First and last name of a stranger, from what the mail calls him or else from the address."""
    words = [word for word in told.replace('"', " ").split() if "@" not in word]
    if len(words) > 1 and words[0].endswith(","):
        words = [*words[1:], words[0].rstrip(",")]
    if words:
        return (" ".join(words[:-1]), words[-1]) if len(words) > 1 else ("", words[0])
    parts = [part for part in _split(address.partition("@")[0]) if part.isalpha() and len(part) > 1]
    if len(parts) == 2:
        return parts[0].capitalize(), parts[1].capitalize()
    return "", ""


def _split(local: str) -> Sequence[str]:
    return local.replace("_", ".").replace("-", ".").partition("+")[0].split(".")
