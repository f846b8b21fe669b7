"""What an address and a password must be. Pure: no database, no clock."""

import re

from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email
from zxcvbn import zxcvbn

from app.core.errors import Problem
from app.core.text import N_

SHORTEST = 8
ADVISED = 15
LONGEST = 1000
# Fewer guesses than this, and the password is on somebody's list or made of this person's own names.
FEWEST_GUESSES = 30_000
_ESTIMATED = 64
_LONGEST_EMAIL = 254
# Well-formed is enough, reachable from everywhere is not asked: companies do mail within .local.
SPECIAL_USE_DOMAIN_NAMES.clear()


def normal_email(text: str) -> str | None:
    """The address as it is stored (lower case, domain in ASCII), or None where it is none."""
    text = text.strip()
    if len(text) > _LONGEST_EMAIL:
        return None
    try:
        told = validate_email(
            text, check_deliverability=False, globally_deliverable=False, test_environment=True
        )
    except EmailNotValidError:
        return None
    domain = told.ascii_domain or told.domain
    if "." not in domain:
        return None
    return f"{told.local_part}@{domain}".lower()


def email_problem(text: str, path: str = "email") -> Problem | None:
    """What is wrong with an address that a person typed."""
    if not text.strip():
        return Problem(path, "required", N_("Enter your e-mail address."))
    if normal_email(text) is None:
        return Problem(path, "email", N_("This is not an e-mail address. Check for a slip of the finger."))
    return None


def password_problem(password: str, about: tuple[str, ...], path: str = "password") -> Problem | None:
    """What is wrong with a new password; `about` are names that it must not be made of."""
    if len(password) < SHORTEST:
        return Problem(
            path, "short", N_("Use at least %(least)s characters; %(advised)s or more are better."),
            {"least": SHORTEST, "advised": ADVISED},
        )  # fmt: skip
    if len(password) > LONGEST:
        return Problem(path, "long", N_("Use at most %(most)s characters."), {"most": LONGEST})
    if zxcvbn(password[:_ESTIMATED], user_inputs=_words(about))["guesses"] < FEWEST_GUESSES:
        return Problem(
            path, "common", N_("This password is too easy to guess. Three random words make a good one.")
        )
    return None


def name_problem(text: str, path: str, message: str, longest: int = 200) -> Problem | None:
    """What is wrong with a name that a person typed; `message` says what to enter."""
    clean = clean_name(text)
    if not clean:
        return Problem(path, "required", message)
    if len(clean) > longest:
        return Problem(path, "long", N_("Use at most %(most)s characters."), {"most": longest})
    return None


def clean_name(text: str) -> str:
    """A name on one line: no control characters, single spaces."""
    return " ".join(re.sub(r"[\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]", " ", text).split())


def _words(about: tuple[str, ...]) -> list[str]:
    whole = [text.lower() for text in about if text]
    parts = [part for text in whole for part in re.split(r"[^\w]+", text) if len(part) > 2]
    return [*whole, *parts][:50]
