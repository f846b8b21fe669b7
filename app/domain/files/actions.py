"""What people do with files: bring, attach, load, show to customers, throw away, take back."""

from uuid import UUID

from app.core import storage
from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import NotAllowed, NotFound
from app.domain.files import holders, queries, rules
from app.domain.files.attaching import attach
from app.domain.files.bringing import Upload, complete, request_upload, store
from app.domain.files.holders import Held
from app.domain.files.models import File
from app.domain.files.telling import tell
from tenants.session import session

__all__ = [
    "Upload",
    "attach",
    "complete",
    "download",
    "request_upload",
    "restore",
    "share",
    "store",
    "thumbnail_address",
    "trash",
]


def download(actor: Actor, file_id: UUID, *, inline: bool = False) -> str:
    """An address that gives the file out for five minutes, to be saved under its name.

    `inline` shows pictures and PDFs in place; anything else is saved all the same. NotFound where it is not
    ready or not for the actor.
    """
    file = queries.one(actor, file_id)
    if file.state != "ready":
        raise NotFound("files")
    kind = rules.given_out_as(file.sniffed_type)
    return storage.download_address(
        file.storage_key, name=file.name, content_type=kind, inline=inline and kind in rules.SHOWN
    )


def thumbnail_address(file: File) -> str | None:
    """Where the small picture of a file that the caller has found readable is, for five minutes."""
    if file.thumbnail_key is None:
        return None
    return storage.download_address(
        file.thumbnail_key, name="thumbnail.webp", content_type="image/webp", inline=True
    )


def share(actor: Actor, file_id: UUID, *, is_customer_visible: bool) -> File:
    """Show the file to the customer whose record it hangs on, or hide it from him."""
    file, held = _writable(actor, file_id)
    if actor.kind == "customer":
        raise NotAllowed("files:write")
    if file.is_customer_visible != is_customer_visible:
        file.is_customer_visible = is_customer_visible
        session.flush()
        tell(actor, "file_shown" if is_customer_visible else "file_hidden", file, held)
    return file


def trash(actor: Actor, file_id: UUID) -> File:
    """Throw the file away; for 30 days it can be taken back."""
    file, held = _writable(actor, file_id)
    file.deleted_at, file.expires_at = now(), now() + rules.KEPT_TRASH
    session.flush()
    tell(actor, "file_removed", file, held)
    return file


def restore(actor: Actor, file_id: UUID) -> File:
    """Take a file back that was thrown away; NotFound where it is gone for good."""
    file, held = _writable(actor, file_id, trashed=True)
    if file.deleted_at is not None:
        file.deleted_at = None
        file.expires_at = None if held else now() + rules.KEPT_LOOSE
        session.flush()
        tell(actor, "file_restored", file, held)
    return file


def _writable(actor: Actor, file_id: UUID, *, trashed: bool = False) -> tuple[File, Held | None]:
    """A ready file that the actor may change, locked, and what it hangs on."""
    file = queries.one(actor, file_id, trashed=trashed)
    session.refresh(file, with_for_update=True)
    if file.state != "ready" or (file.deleted_at is not None and not trashed):
        raise NotFound("files")
    if actor.kind == "customer" and not queries.is_own(actor, file):
        raise NotAllowed("files:write")
    if file.object is None or file.record_id is None:
        return file, None
    return file, holders.writable(actor, file.object, file.record_id)
