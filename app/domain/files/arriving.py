"""What is looked at before a file is expected, and when its bytes are there."""

from datetime import timedelta

from app.core import outbox, process, storage
from app.core.actor import Actor
from app.core.errors import Invalid, LimitReached, Problem
from app.core.text import N_
from app.domain.files import queries, rules
from app.domain.files.models import File
from app.domain.files.sniffing import HEAD, sniff
from app.domain.plans import actions as plans
from app.domain.plans.rules import MEGABYTE, bytes_in_words

DISGUISED = N_("The content is not what the name says. Rename the file to what it is, or send another one.")
DIFFERENT = N_("What arrived is not what was announced. Send the file again.")


def check(name: str, size: int, sha256: str) -> None:
    """Raise Invalid for a file that nobody should begin to send."""
    most = process.settings().file_megabytes * MEGABYTE
    problems = []
    if not name.strip():
        problems.append(Problem("name", "required", N_("Give the file a name.")))
    if size <= 0:
        problems.append(Problem("size", "empty", N_("This file is empty.")))
    if size > most:
        sentence = N_("This file is too large: at most %(most)s.")
        problems.append(Problem("size", "too_large", sentence, {"most": bytes_in_words(most)}))
    if not rules.is_sha256(sha256):
        sentence = N_("Give the SHA-256 of the content as 64 hexadecimal digits.")
        problems.append(Problem("sha256", "not_a_digest", sentence))
    if problems:
        raise Invalid(problems)


def check_room(actor: Actor, size: int) -> None:
    """Raise LimitReached where the plan leaves no room for it, or too many uploads are open.

    Two who ask at once are counted one after the other.
    """
    outbox.lock(outbox.TENANT, ["files.room"])
    if queries.open_uploads(actor) >= rules.MOST_PENDING[actor.kind]:
        sentence = N_("Many uploads are still open. Wait until some are through.")
        raise LimitReached(sentence, int(timedelta(minutes=1).total_seconds()))
    plans.check("storage_bytes", size)


def looked_at(file: File) -> str | None:
    """Note what the bytes of `file` are; why it must be refused, if so. NotFound where there are none."""
    if storage.size(file.storage_key) != file.size:
        return DIFFERENT
    claimed = rules.claimed_type(file.name, file.declared_type)
    file.sniffed_type = sniff(storage.head(file.storage_key, HEAD), claimed)
    return DISGUISED if rules.is_disguised(claimed, file.sniffed_type) else None
