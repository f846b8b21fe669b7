"""E-mails, phones, web addresses and ids in other systems."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from app.core.text import N_
from app.records.habits import Habits
from app.records.types import Field
from app.records.values import dialled, purposes
from app.records.values.refused import Refused
from app.records.values.text import as_text

MOST = 50
LONGEST_PHONE = 60
LONGEST_ID = 200
LONGEST_URL = 2_000
_PLAIN_EMAIL = re.compile(
    r"[a-z0-9_+-]+(\.[a-z0-9_+-]+)*@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}", re.ASCII
)
_RESERVED = ("localhost", "local", "invalid", "test", "onion", "arpa")
_HOST = re.compile(r"([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]", re.ASCII)
_SYSTEM = re.compile(r"[a-z0-9][a-z0-9_.-]{0,59}", re.ASCII)


@dataclass(frozen=True)
class Known:
    """One identifier: `value` as it is matched, `display` as it was written."""

    value: str
    display: str
    purpose: str = ""
    primary: bool = False
    system: str = ""


def email(_: Field, raw: Any, __: Habits) -> str:
    """An e-mail address in lower case."""
    return normal_email(as_text(raw))


def phone(_: Field, raw: Any, habits: Habits) -> str:
    """A phone number in E.164; one that is no number anywhere stays as it was written."""
    return normal_phone(as_text(raw), habits.region)


def url(_: Field, raw: Any, __: Habits) -> str:
    """A web address with http or https."""
    written = as_text(raw).strip()
    if "://" not in written and not written.lower().startswith(("javascript:", "data:", "mailto:")):
        written = f"https://{written}"
    try:
        parts = urlsplit(written)
        host = parts.hostname
    except ValueError:
        host = None
    if len(written) > LONGEST_URL or not host or parts.scheme.lower() not in ("http", "https"):
        raise _not_an_address()
    if any(c.isspace() or not c.isprintable() for c in written):
        raise _not_an_address()
    return written


def domain(_: Field, raw: Any, __: Habits) -> str:
    """The domain of a web site: https://www.acme.example/de becomes acme.example."""
    return normal_domain(as_text(raw))


def emails(_: Field, raw: Any, __: Habits) -> list[Known]:
    """All e-mails, the primary one first."""
    return _list(raw, lambda written: (normal_email(written), written.strip()))


def phones(_: Field, raw: Any, habits: Habits) -> list[Known]:
    """All phones, the primary one first."""
    return _list(raw, lambda written: (normal_phone(written, habits.region), written.strip()))


def external_ids(_: Field, raw: Any, __: Habits) -> list[Known]:
    """One id for each other system."""
    if raw == []:
        return []
    if not isinstance(raw, Mapping) or len(raw) > MOST:
        raise Refused("not_ids", N_('Give one id for each system, such as {"sap": "4711"}.'))
    return [_external(system, value) for system, value in raw.items() if value not in (None, "")]


def normal_email(written: str) -> str:
    """The form in which e-mails are compared; raises Refused."""
    bare = written.strip()
    lowered = bare.lower()
    # The validator is slow; what it says of plain addresses is known beforehand.
    if (
        len(bare) <= 100
        and _PLAIN_EMAIL.fullmatch(lowered)
        and len(lowered.partition("@")[0]) <= 64
        and not lowered.endswith(_RESERVED)
        and "--" not in lowered
    ):
        return lowered
    try:
        checked = validate_email(bare[:400], check_deliverability=False, test_environment=True)
    except (EmailNotValidError, UnicodeError):
        raise Refused(
            "not_an_email", N_("This is not an e-mail address. Write it such as anna@example.com.")
        ) from None
    return checked.normalized.lower()


def normal_phone(written: str, region: str) -> str:
    """The form in which phones are compared: E.164, else the digits as written; raises Refused."""
    if not written.isprintable():
        written = "".join(c if c.isprintable() else " " for c in written)
    bare = " ".join(written.split())
    if len(bare) > LONGEST_PHONE:
        raise Refused("too_long", N_("A phone number has at most %(limit)s characters."), limit=LONGEST_PHONE)
    if plain := dialled.international(bare):
        return plain
    try:
        parsed = phonenumbers.parse(bare, region or None)
    except phonenumbers.NumberParseException:
        return bare
    if parsed.extension or not phonenumbers.is_possible_number(parsed):
        return bare
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


def normal_domain(written: str) -> str:
    """The form in which domains are compared: lower case, in ASCII, without www; raises Refused."""
    bare = written.strip().lower()
    bare = bare.rpartition("@")[2] if "://" not in bare else bare
    try:
        host = urlsplit(bare if "://" in bare else f"//{bare}").hostname or ""
        host = host.rstrip(".").removeprefix("www.").encode("idna").decode()
    except (ValueError, UnicodeError):
        host = ""
    if len(host) > 253 or not _HOST.fullmatch(host):
        raise Refused("not_a_domain", N_("This is not a web site. Write it such as example.com."))
    return host


def _list(raw: Any, normal: Any) -> list[Known]:
    entries = [raw] if isinstance(raw, str | Mapping) else raw
    if not isinstance(entries, list | tuple) or len(entries) > MOST:
        raise Refused("not_a_list", N_("Give a list with at most %(limit)s entries."), limit=MOST)
    known: dict[str, Known] = {}
    for entry in entries:
        if isinstance(entry, Known):
            known.setdefault(entry.value, entry)
        elif entry:
            one = _entry(entry, normal)
            known.setdefault(one.value, one)
    return with_primary(list(known.values()))


def _entry(entry: Any, normal: Any) -> Known:
    parts: Mapping[str, Any] = entry if isinstance(entry, Mapping) else {"value": entry}
    value, display = normal(as_text(parts.get("display") or parts.get("value")))
    purpose = purposes.normal(as_text(parts.get("purpose") or ""))
    return Known(value, display, purpose, bool(parts.get("primary")))


def with_primary(known: list[Known]) -> list[Known]:
    """The same with exactly one primary, which stands first."""
    chosen = next((each for each in known if each.primary), known[0] if known else None)
    others = [Known(e.value, e.display, e.purpose) for e in known if e is not chosen]
    return [Known(chosen.value, chosen.display, chosen.purpose, True), *others] if chosen else []


def _external(system: Any, value: Any) -> Known:
    name = system.strip().lower() if isinstance(system, str) else ""
    if not _SYSTEM.fullmatch(name):
        raise Refused("bad_system", N_("The name of a system has letters, digits, dots and hyphens only."))
    written = as_text(value).strip()
    if not written or len(written) > LONGEST_ID:
        raise Refused(
            "bad_id", N_("An id in another system has 1 to %(limit)s characters."), limit=LONGEST_ID
        )
    return Known(written, written, system=name)


def _not_an_address() -> Refused:
    return Refused("not_a_url", N_("This is not a web address. It begins with http:// or https://."))
