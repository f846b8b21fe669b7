"""Bytes go only after the transaction that forgot them: their removal is work for later."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, select

from app.core import storage
from app.core.clock import now
from app.core.queue import enqueue
from app.domain.files.models import File
from tenants.session import session

ERASE_JOB = "files.erase"


def erase_later(keys: Iterable[str | None], due_at: datetime | None = None) -> None:
    """Remove the bytes under `keys` once this transaction has committed, at `due_at` or soon."""
    wanted = [key for key in keys if key]
    if wanted:
        enqueue(ERASE_JOB, {"keys": wanted}, queue="bulk", due_at=due_at)


def erase(keys: Sequence[str]) -> None:
    """Remove these bytes, whether they are there or not."""
    for key in keys:
        storage.delete(key)


def forget(files: Sequence[File], due_at: datetime | None = None) -> None:
    """Remove these files for good, their bytes after the commit."""
    if files:
        session.execute(delete(File).where(File.id.in_([file.id for file in files])))
        erase_later((key for file in files for key in (file.storage_key, file.thumbnail_key)), due_at)


def clear(most: int) -> int:
    """Remove files whose time is over, `most` at once: open uploads, refused ones, the trash; how many."""
    over = select(File).where(File.expires_at < now()).limit(most).with_for_update(skip_locked=True)
    files = session.scalars(over).all()
    forget(files)
    return len(files)
