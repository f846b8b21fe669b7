"""A word to the member whose mailbox cannot be read any more."""

from app.core.mailserver import Faulty
from app.core.text import N_
from app.domain.messages.models import Mailbox
from app.domain.notices.actions import tell
from app.domain.notices.kinds import Kind, register

# One failure is a night's maintenance; so many in a row are somebody's to look at.
PATIENCE = 6

FAILING = register(
    Kind(
        "mailbox_failing",
        N_("The mailbox %(address)s cannot be read"),
        N_("It does not answer or does not take the password. Its page says what to do."),
        state="broken",
    )
)


def failing(mailbox: Mailbox, failures: int, fault: Faulty) -> None:
    """Tell the member once for each time that the mailbox stops; at once where waiting does not help."""
    if failures == (PATIENCE if fault.passing else 1):
        since = mailbox.synced_at.isoformat() if mailbox.synced_at else "never"
        words = {"address": mailbox.address}
        tell(mailbox.member_id, f"mailbox:{mailbox.id}:{since}", FAILING.name, "mailboxes", mailbox.id, words)
