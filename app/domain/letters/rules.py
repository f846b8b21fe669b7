"""The kinds of mail that customers get, and who gets none. Pure."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["invitation", "sign_in", "delay", "received", "solved", "answer"]
Withheld = Literal["no_address", "stopped", "opted_out", "over", "held"]

LANGUAGES = ("en", "de")


@dataclass(frozen=True)
class Manner:
    """How letters of a kind are treated.

    A `notice` is ours to send: who wants none gets none. What `needs_approval` waits for a member where the
    workspace says so. `is_written` is a person's own words: no machine must take it for a machine's.
    `has_own_link` comes with the address it leads to, else one is made for what it is about.
    """

    notice: bool = False
    needs_approval: bool = False
    is_written: bool = False
    has_own_link: bool = False


MANNERS: dict[str, Manner] = {
    "invitation": Manner(has_own_link=True),
    "sign_in": Manner(has_own_link=True),
    "delay": Manner(notice=True, needs_approval=True),
    "received": Manner(notice=True),
    "solved": Manner(notice=True),
    "answer": Manner(is_written=True),
}


def withheld(manner: Manner, address: str | None, stop: str | None, consent: str) -> Withheld | None:
    """Why nothing is sent, or None; `stop` is the scope of the address's stop, `consent` the contact's."""
    if not address:
        return "no_address"
    if stop == "all":
        return "stopped"
    if manner.notice and (stop == "notices" or consent == "refused"):
        return "opted_out"
    return None


def language(told: str | None, otherwise: str) -> str:
    """The language to write in: the contact's where we speak it (de, de-AT, German is not guessed)."""
    tag = (told or "").replace("_", "-").partition("-")[0].strip().lower()
    return tag if tag in LANGUAGES else otherwise
