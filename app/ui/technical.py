"""What the machinery allows one company, whatever its plan: the figures, and what happens beyond them."""

from dataclasses import dataclass

from app.core import process
from app.core.queue import LIMITS
from app.core.turnstile import LINE, PLACES
from app.domain.imports.rules.limits import FILE_BYTES, ROWS
from app.domain.plans.rules import MEGABYTE, bytes_in_words
from app.ui.formats import NBSP, Formats
from app.ui.say import gettext as _
from tenants.context import STATEMENT_TIMEOUT_MS


@dataclass(frozen=True)
class Bound:
    """One technical limit: its name, its figure, what happens beyond it."""

    label: str
    figure: str
    means: str


def bounds(write: Formats) -> list[Bound]:
    """The technical limits of every company, in the reader's language."""
    return [_time(), _requests(), _jobs(), *_imports(write), _file()]


def _time() -> Bound:
    return Bound(
        _("One question to the database"),
        f"{STATEMENT_TIMEOUT_MS // 1000}{NBSP}s",
        _("A list, a search or a change that takes longer is broken off, and nothing is changed."),
    )


def _requests() -> Bound:
    return Bound(
        _("Requests at once"),
        _("%(places)s at work, %(line)s in line", places=PLACES, line=LINE),
        _(
            "For each web process. Whoever comes beyond that is asked to come again a second later. A"
            " workspace that asks for much goes slower while others are at work."
        ),
    )


def _jobs() -> Bound:
    return Bound(
        _("Jobs at once"),
        _(
            "%(quick)s quick, %(long)s long, %(mails)s mails",
            quick=LIMITS["fast"].per_tenant,
            long=LIMITS["bulk"].per_tenant,
            mails=LIMITS["mail"].per_tenant,
        ),
        _(
            "Imports, exports and mails beyond that wait their turn; none is lost. Long ones go slower while"
            " other workspaces are at work."
        ),
    )


def _imports(write: Formats) -> list[Bound]:
    return [
        Bound(
            _("Rows of one import"),
            write.number(ROWS),
            _("A longer file is refused before anything is stored; split it."),
        ),
        Bound(_("File of an import"), bytes_in_words(FILE_BYTES), _("A larger file is not taken; split it.")),
    ]


def _file() -> Bound:
    most = process.settings().file_megabytes * MEGABYTE
    return Bound(_("One file"), bytes_in_words(most), _("A larger one is not taken."))
