"""A Dovecot for the tests of mailboxes: the one that is there, else the system's package."""

from app.commands import _packages
from stack import dovecot
from stack.dovecot import REMEDY

__all__ = ["REMEDY", "find_or_install"]


def find_or_install() -> str | None:
    """The path of a Dovecot, installed where there was none; None where that failed."""
    return dovecot.find() or (dovecot.find() if _packages.by_apt("Dovecot", dovecot.PACKAGE) else None)
