"""What a workspace's address may be: pure rules, no database."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Literal

LONGEST = 40
SHORTEST = 2

# Addresses that belong to Kith, to the web's customs, or that would deceive.
RESERVED = frozenset(
    """
    www api app apps files file mail smtp imap pop ftp ns ns1 ns2 mx live stream events static assets
    cdn media img images js css fonts portal portals admin administrator root system kith help support docs
    doc developer developers status blog news about legal terms privacy imprint impressum security abuse
    postmaster hostmaster webmaster noreply no-reply mailer-daemon info contact sales billing pay payment
    payments invoice account accounts auth oauth oauth2 login logout signin sign-in signout signup sign-up
    register sso saml id identity password reset confirm invite demo test tests testing dev development
    staging stage prod production beta alpha preview sandbox internal intranet localhost local localdomain
    localhost6 broadcasthost wpad autoconfig autodiscover isatap well-known webhook webhooks hooks import
    export exports imports download downloads upload uploads search graphql rpc mcp ws wss socket metrics
    health healthz readyz ready ping console dashboard home workspace workspaces tenant tenants team teams
    new edit delete null undefined none true false public private default example git svn backup backups db
    database redis valkey postgres caddy cell site sites
    """.split()
)

Fault = Literal["empty", "short", "long", "characters", "hyphens", "digits", "reserved"]

_SHAPE = re.compile(r"[a-z0-9-]+")
_SPELLED = str.maketrans(
    {
        "ä": "ae",
        "ö": "oe",
        "ü": "ue",
        "ß": "ss",
        "æ": "ae",
        "ø": "o",
        "œ": "oe",
        "ł": "l",
        "đ": "d",
        "þ": "th",
    }
)
_LEGAL_FORMS = frozenset(
    "gmbh ag kg ug ohg gbr se ev inc llc ltd limited plc corp corporation co company bv nv sa sarl srl spa "
    "ab as oy aps kgaa mbh cokg".split()
)


def fault(slug: str) -> Fault | None:
    """What is wrong with `slug` as an address, or None where it may be taken."""
    if not slug:
        return "empty"
    if len(slug) > LONGEST:
        return "long"
    if not _SHAPE.fullmatch(slug):
        return "characters"
    if slug.startswith("-") or slug.endswith("-") or "--" in slug:
        return "hyphens"
    if len(slug) < SHORTEST:
        return "short"
    if slug.replace("-", "").isdigit():
        return "digits"
    return "reserved" if is_reserved(slug) else None


def is_reserved(slug: str) -> bool:
    """Whether the address is Kith's own, or a portal's."""
    return slug in RESERVED or slug.endswith("-portal") or slug == "portal"


def suggest(company: str) -> str:
    """An address that suits a company's name and has no fault; '' where the name has nothing to offer."""
    words = _words(company)
    while len(words) > 1 and words[-1] in _LEGAL_FORMS:
        words.pop()
    slug = "-".join(words)
    if len(slug) > LONGEST:
        slug = _shortened(words)
    if not slug:
        return ""
    return slug if fault(slug) is None else _mended(slug)


def variants(slug: str) -> Iterator[str]:
    """`slug` and then what comes next where it is taken: acme, acme-2, acme-3, ..."""
    yield slug
    for number in range(2, 1000):
        ending = f"-{number}"
        variant = slug[: LONGEST - len(ending)].rstrip("-") + ending
        if variant != slug:
            yield variant


def _words(company: str) -> list[str]:
    spelled = unicodedata.normalize("NFKC", company).lower().translate(_SPELLED).replace("&", " ")
    folded = unicodedata.normalize("NFKD", spelled).replace("'", "").replace("’", "")
    plain = "".join(character for character in folded if not unicodedata.combining(character))
    return re.findall(r"[a-z0-9]+", plain)


def _shortened(words: list[str]) -> str:
    slug = ""
    for word in words:
        longer = f"{slug}-{word}" if slug else word[:LONGEST]
        if len(longer) > LONGEST:
            break
        slug = longer
    return slug


def _mended(slug: str) -> str:
    candidate = f"{slug[: LONGEST - 3]}-co"
    return candidate if fault(candidate) is None else ""
