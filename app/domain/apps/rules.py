"""What an app may register and ask for: redirect addresses, grant types, lifetimes. Pure."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from urllib.parse import SplitResult, urlsplit

from app.core.errors import Problem
from app.core.text import N_

CODE_LIFETIME = timedelta(seconds=60)
ACCESS_LIFETIME = timedelta(hours=1)
REFRESH_LIFETIME = timedelta(days=30)
FAMILY_LIFETIME = timedelta(days=180)
DEVICE_LIFETIME = timedelta(minutes=10)
DEVICE_INTERVAL = timedelta(seconds=5)
CONSENT_LIFETIME = timedelta(days=365)
SECRET_OVERLAP = timedelta(days=7)

LONGEST_NAME = 60
LONGEST_URI = 500
MOST_URIS = 20
MOST_APPS = 100

Kind = Literal["confidential", "public"]
AUTHORIZATION_CODE = "authorization_code"
CLIENT_CREDENTIALS = "client_credentials"
REFRESH_TOKEN = "refresh_token"  # noqa: S105 - the name of a grant type
DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
GRANT_TYPES = (AUTHORIZATION_CODE, CLIENT_CREDENTIALS, REFRESH_TOKEN, DEVICE_CODE)


@dataclass(frozen=True)
class Shape:
    """A sort of app that developers build: whether it keeps a secret, and how it gets its tokens."""

    kind: Kind
    grant_types: tuple[str, ...]


SHAPES: dict[str, Shape] = {
    "server": Shape("confidential", (CLIENT_CREDENTIALS,)),
    "web": Shape("confidential", (AUTHORIZATION_CODE, REFRESH_TOKEN)),
    "native": Shape("public", (AUTHORIZATION_CODE, REFRESH_TOKEN, DEVICE_CODE)),
}

_LOOPBACK = re.compile(r"http://(127\.0\.0\.1|\[::1\])(?::(\d{1,5}))?((?:/[^#]*)?)")
_UNREADABLE = re.compile(r"[\x00-\x20\x7f-\uffff\\<>\"{}|^`*]|[\U00010000-\U0010ffff]")
_PLACE = re.compile(r"(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::\d{1,5})?", re.IGNORECASE)
# Never the name of an app, whatever dots are added to it.
_ACTIVE = ("javascript", "data", "vbscript", "file", "blob", "about", "ws", "wss", "ftp")


def redirect_problem(uri: str) -> str | None:
    """Why an address cannot be registered for redirects, as a msgid; None where it can.

    RFC 9700 section 2.1 and RFC 8252 section 7: https, http to this very machine, or a scheme of one's own
    with a dot, like com.example.app:/back.
    """
    if len(uri) > LONGEST_URI:
        return N_("%(uri)s is too long.")
    parts = _split(uri)
    if parts is None or _UNREADABLE.search(uri) or not parts.scheme:
        return N_("%(uri)s is no complete address.")
    if "#" in uri or "@" in parts.netloc or ".." in parts.path:
        return N_("%(uri)s may not contain #, @ or ..")
    return _scheme_problem(parts)


def _scheme_problem(parts: SplitResult) -> str | None:
    if parts.scheme in {"http", "https"} and not _PLACE.fullmatch(parts.netloc):
        return N_("%(uri)s is no complete address.")
    if parts.scheme == "https":
        return None
    if parts.scheme == "http":
        is_here = parts.hostname in {"127.0.0.1", "::1", "localhost"}
        return None if is_here else N_("%(uri)s: use https. Plain http is for one's own machine, 127.0.0.1.")
    name = parts.scheme.partition(".")[0]
    if "." not in parts.scheme or name in _ACTIVE or parts.netloc:
        return N_("%(uri)s: use https, or a scheme of your own with a dot, like com.example.app:/back")
    return None


def redirect_matches(registered: Sequence[str], asked: str) -> bool:
    """Whether an app may be sent back to `asked`: exactly a registered address.

    Only the port of http to a loopback address may differ (RFC 8252 section 7.3).
    """
    if asked in registered:
        return True
    loopback = _loopback(asked)
    return loopback is not None and any(_loopback(each) == loopback for each in registered)


def _loopback(uri: str) -> tuple[str, str] | None:
    found = _LOOPBACK.fullmatch(uri)
    if found is None or _UNREADABLE.search(uri) or int(found[2] or 0) > 65535:
        return None
    return found[1], found[3]


def _split(uri: str) -> SplitResult | None:
    try:
        parts = urlsplit(uri)
        _ = parts.port
    except ValueError:
        return None
    return parts


def problems(
    name: str, kind: str, grant_types: Sequence[str], uris: Sequence[str], scopes: Sequence[str]
) -> list[Problem]:
    """What is wrong with an app that is about to be registered."""
    found = []
    if not name or len(name) > LONGEST_NAME:
        found.append(Problem("name", "length", N_("Give the app a name of at most 60 letters.")))
    if not set(grant_types) <= set(GRANT_TYPES) or not grant_types:
        found.append(Problem("grant_types", "choice", N_("Choose how the app gets its tokens.")))
    if kind == "public" and CLIENT_CREDENTIALS in grant_types:
        found.append(
            Problem("grant_types", "public", N_("An app that keeps no secret cannot act by itself."))
        )
    if not scopes:
        found.append(Problem("scopes", "required", N_("Choose what the app may do.")))
    return found + _uri_problems(grant_types, uris)


def _uri_problems(grant_types: Sequence[str], uris: Sequence[str]) -> list[Problem]:
    if AUTHORIZATION_CODE in grant_types and not uris:
        return [Problem("redirect_uris", "required", N_("Enter where people are sent back to."))]
    if len(uris) > MOST_URIS:
        return [Problem("redirect_uris", "many", N_("At most 20 addresses."))]
    told = ((uri, redirect_problem(uri)) for uri in uris)
    return [Problem("redirect_uris", "address", why, {"uri": uri}) for uri, why in told if why is not None]


# Letters that nobody mistakes for another or reads a word from (RFC 8628 section 6.1).
_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"


def new_user_code() -> str:
    """Eight letters for a person to type, as XXXX-XXXX."""
    code = "".join(secrets.choice(_LETTERS) for _ in range(8))
    return f"{code[:4]}-{code[4:]}"


def plain_user_code(typed: str) -> str:
    """What a person typed, as it was shown: case, spaces and hyphens do not matter."""
    letters = "".join(letter for letter in typed.upper() if letter in _LETTERS)[:9]
    return f"{letters[:4]}-{letters[4:]}"
