"""Files: uploads that nobody completed, bytes that are not needed any more, small pictures."""

from typing import Any
from uuid import UUID

from app.domain.files import bringing, erasing, pictures
from workers.registry import job


@job(bringing.EXPIRE_JOB)
def expire(payload: dict[str, Any]) -> None:
    """Forget an upload whose hour is over."""
    bringing.expire(UUID(payload["file_id"]))


@job(erasing.ERASE_JOB, attempts=50)
def erase(payload: dict[str, Any]) -> None:
    """Remove bytes that no row names any more."""
    erasing.erase(payload["keys"])


@job(pictures.THUMBNAIL_JOB, attempts=5)
def thumbnail(payload: dict[str, Any]) -> None:
    """Make the small picture of a picture."""
    pictures.picture(UUID(payload["file_id"]))
