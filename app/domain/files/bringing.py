"""How files come in: announced, sent straight to S3, looked at, and then ready or refused."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from app.core import storage
from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import Conflict, Invalid, NotAllowed, NotFound
from app.core.ids import new_id
from app.core.queue import cancel, enqueue
from app.core.text import N_
from app.domain.files import arriving, holders, queries, rules
from app.domain.files.erasing import erase_later
from app.domain.files.holders import Held
from app.domain.files.models import File
from app.domain.files.pictures import THUMBNAIL_JOB
from app.domain.files.telling import tell
from tenants.session import session

EXPIRE_JOB = "files.expire"
# An address given out may still be used once more; its bytes go when it is surely over.
_AFTER_ADDRESS = timedelta(seconds=storage.PRESIGNED_SECONDS + 60)


@dataclass(frozen=True)
class Upload:
    """Where the bytes of the file `id` are to be PUT within minutes, and with which headers."""

    id: UUID
    url: str
    headers: dict[str, str]


def request_upload(
    actor: Actor,
    *,
    name: str,
    size: int,
    sha256: str,
    content_type: str = "",
    object: str | None = None,  # noqa: A002 - the word of the whole engine
    record_id: UUID | None = None,
) -> Upload:
    """Expect a file of `size` bytes with this digest, for a record or, without one, to be attached later.

    Raises Invalid for what may not be sent, LimitReached where too many uploads are open, NotFound and
    NotAllowed as the record says. An upload that is not completed is forgotten after an hour.
    """
    if object is not None and record_id is not None:
        holders.writable(actor, object, record_id)
    elif object is not None or record_id is not None:
        raise Invalid.one("record_id", "required", N_("Name the object and the record together."))
    elif not any(permission.endswith(":write") for permission in actor.permissions):
        raise NotAllowed("files:write")
    arriving.check(name, size, sha256)
    arriving.check_room(actor, size)
    file = _expected(actor, _Told(name, size, sha256, content_type, object, record_id))
    enqueue(EXPIRE_JOB, {"file_id": str(file.id)}, queue="bulk", due_at=file.expires_at, key=_timer(file.id))
    # S3 keeps no type of the sender's: whatever is asked for it again, it can only be saved.
    address = storage.upload_address(file.storage_key, content_type=rules.UNKNOWN, length=size, sha256=sha256)
    return Upload(file.id, address.url, address.headers)


@dataclass(frozen=True)
class _Told:
    """What the sender says about a file."""

    name: str
    size: int
    sha256: str
    content_type: str
    object: str | None
    record_id: UUID | None


def _expected(actor: Actor, told: _Told) -> File:
    file = File(
        id=new_id(),
        object=told.object,
        record_id=told.record_id,
        name=rules.clean_name(told.name),
        storage_key=storage.new_key(),
        declared_type=rules.clean_type(told.content_type),
        size=told.size,
        sha256=told.sha256,
        state="pending",
        created_at=now(),
        created_by=actor.id,
        created_by_kind=actor.kind,
        created_by_name=actor.name,
        is_customer_visible=actor.kind == "customer",
        expires_at=now() + rules.PENDING,
    )
    session.add(file)
    session.flush()
    return file


def complete(actor: Actor, file_id: UUID) -> File:
    """The file, once its bytes are there: `ready`, or `refused` with the reason in `problem`.

    Completing again changes nothing. Raises Conflict where the bytes have not arrived, NotFound for a file
    that somebody else brings.
    """
    file = session.scalar(select(File).where(File.id == file_id).with_for_update())
    if file is None or not queries.is_own(actor, file) or file.deleted_at is not None:
        raise NotFound("files")
    if file.state != "pending":
        return file
    held = holders.writable(actor, file.object, file.record_id) if file.object and file.record_id else None
    try:
        problem = arriving.looked_at(file)
    except NotFound:
        raise Conflict(N_("The file has not arrived. Send it to its address first.")) from None
    cancel(_timer(file.id))
    if problem:
        _refuse(file, problem)
    else:
        _accept(actor, file, held)
    session.flush()
    return file


def _refuse(file: File, problem: str) -> None:
    file.state, file.problem = "refused", problem
    file.expires_at = now() + rules.KEPT_LOOSE
    erase_later([file.storage_key], now() + _AFTER_ADDRESS)


def _accept(actor: Actor, file: File, held: Held | None) -> None:
    file.state = "ready"
    file.expires_at = None if held else now() + rules.KEPT_LOOSE
    if file.sniffed_type in rules.PICTURES:
        enqueue(THUMBNAIL_JOB, {"file_id": str(file.id)}, key=f"{THUMBNAIL_JOB}:{file.id}")
    if held:
        tell(actor, "file_added", file, held)


def store(
    actor: Actor,
    *,
    name: str,
    body: bytes,
    content_type: str = "",
    object: str | None = None,  # noqa: A002
    record_id: UUID | None = None,
    is_customer_visible: bool = False,
) -> File:
    """Keep bytes that are here already, as a mail's attachment; refused ones are kept as `refused`.

    Raises Invalid where they are empty, too large or do not fit, like `request_upload`.
    """
    held = holders.writable(actor, object, record_id) if object and record_id else None
    digest = hashlib.sha256(body).hexdigest()
    arriving.check(name or rules.UNNAMED, len(body), digest)
    arriving.check_room(actor, len(body))
    file = _expected(actor, _Told(name, len(body), digest, content_type, object, record_id))
    file.is_customer_visible = is_customer_visible
    storage.put(file.storage_key, body)
    problem = arriving.looked_at(file)
    if problem:
        _refuse(file, problem)
    else:
        _accept(actor, file, held)
    session.flush()
    return file


def expire(file_id: UUID) -> None:
    """Forget an upload that nobody completed in time."""
    late = select(File).where(File.id == file_id, File.state == "pending").with_for_update()
    file = session.scalar(late)
    if file is not None:
        session.delete(file)
        erase_later([file.storage_key], now() + _AFTER_ADDRESS)


def _timer(file_id: UUID) -> str:
    return f"{EXPIRE_JOB}:{file_id}"
