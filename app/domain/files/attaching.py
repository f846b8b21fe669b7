"""Hanging files that were brought on records."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from app.core.actor import Actor
from app.core.errors import Conflict, NotFound
from app.core.text import N_
from app.domain.files import holders, queries
from app.domain.files.models import File
from app.domain.files.telling import tell
from tenants.session import session


def attach(
    actor: Actor,
    file_ids: Sequence[UUID],
    object: str,  # noqa: A002
    record_id: UUID,
    *,
    is_customer_visible: bool | None = None,
) -> list[File]:
    """Hang files that the actor brought, and that hang on nothing yet, on a record, in the order given.

    `is_customer_visible` None leaves each as it is: hidden, but what a customer brought. Raises NotFound for
    a file that is not the actor's to attach, Conflict for one that is not ready.
    """
    if not file_ids:
        return []
    held = holders.writable(actor, object, record_id)
    locked = select(File).where(File.id.in_(file_ids), File.deleted_at.is_(None)).with_for_update()
    found = {file.id: file for file in session.scalars(locked)}
    files = [found[file_id] for file_id in dict.fromkeys(file_ids) if file_id in found]
    if len(files) < len(set(file_ids)) or not all(_is_loose(actor, file, record_id) for file in files):
        raise NotFound("files")
    if any(file.state != "ready" for file in files):
        raise Conflict(N_("A file has not arrived yet, or was refused."))
    for file in files:
        is_new = file.record_id is None
        file.object, file.record_id, file.expires_at = object, record_id, None
        if is_customer_visible is not None:
            file.is_customer_visible = is_customer_visible
        if is_new:
            tell(actor, "file_added", file, held)
    session.flush()
    return files


def _is_loose(actor: Actor, file: File, record_id: UUID) -> bool:
    return queries.is_own(actor, file) and file.record_id in {None, record_id}
