"""What the portal knows without a database: who may register, what may be consented to, in which words."""

from dataclasses import dataclass
from typing import Literal

from app.core.text import N_

Registration = Literal["off", "known", "open"]
REGISTRATIONS: tuple[Registration, ...] = ("off", "known", "open")

Purpose = Literal["invited", "sign_in", "register", "reset"]
Sees = Literal["own", "company"]


@dataclass(frozen=True)
class Purposed:
    """Something a customer may consent to: the contact's field that holds the answer, and the words shown."""

    name: str
    field: str
    label: str
    wording: str


CONSENTS: tuple[Purposed, ...] = (
    Purposed(
        "mail",
        "mail_consent",
        N_("News and offers by e-mail"),
        N_("%(company)s may send me e-mails about products and offers. I can take this back at any time."),
    ),
    Purposed(
        "call",
        "call_consent",
        N_("Calls about offers"),
        N_("%(company)s may call me about products and offers. I can take this back at any time."),
    ),
)


def purposed(name: str) -> Purposed | None:
    """The consent of that name."""
    return next((each for each in CONSENTS if each.name == name), None)


def new_state(granted: bool, before: str) -> tuple[str, str]:
    """What the consent's row and the contact's field say from now on: one takes back only what was given."""
    if granted:
        return "granted", "granted"
    return ("withdrawn" if before == "granted" else "refused"), "refused"
