"""Records of every object: list, read, create, change, delete, restore, upsert."""

from typing import Any
from uuid import UUID

from flask import Response

from app.api import asking, etags
from app.api.answers import body, listed, no_body, nothing, path_of, told
from app.api.doors import actor, api
from app.api.leading import leads_on
from app.api.scopes import needs
from app.core.errors import Invalid
from app.core.text import N_
from app.domain.purging import actions as purging
from app.records import documents, making, patching, upserting, writing
from app.records.documents import Document
from app.records.types import ObjectType

BAD_VERSION = N_("base_version is the number of a version, such as 3.")


@api.get("/<object:described>")
@needs("read")
def list_records(described: ObjectType) -> Response:
    """A page of records."""
    wanted = asking.query(described)
    page = documents.page(actor(), described.name, wanted, expand=asking.expand())
    return listed(page.json, page.next_cursor, page.meant)


@api.get("/<object:described>/<uuid:record_id>")
@needs("read")
@leads_on
def show_record(described: ObjectType, record_id: UUID) -> Response:
    """One record."""
    asking.known(asking.SHOWN)
    return _shown(described, record_id)


@api.post("/<object:described>")
@needs("read", "write")
def create_record(described: ObjectType) -> Response:
    """A new record."""
    asking.known(asking.SHOWN)
    fields, expand = asking.fields(), asking.expand()
    made = making.create(actor(), described.name, body(), fields=fields, expand=expand)
    return _created(described, made)


@api.patch("/<object:described>/<uuid:record_id>")
@needs("read", "write")
@leads_on
def patch_record(described: ObjectType, record_id: UUID) -> Response:
    """A merge patch; with `base_version` fields that others changed since are told, not overwritten."""
    asking.known(asking.SHOWN)
    values = body()
    base = _base_version(values)
    _hold(described, record_id)
    patching.patch(actor(), described.name, record_id, values, base_version=base)
    return _shown(described, record_id)


@api.delete("/<object:described>/<uuid:record_id>")
@needs("read", "delete")
@leads_on
def delete_record(described: ObjectType, record_id: UUID) -> Response:
    """Into the trash."""
    asking.known(())
    _hold(described, record_id)
    writing.trash(actor(), described.name, record_id)
    return nothing()


@api.post("/<object:described>/<uuid:record_id>/restore")
@needs("read", "delete")
def restore_record(described: ObjectType, record_id: UUID) -> Response:
    """Out of the trash."""
    asking.known(())
    no_body()
    writing.restore(actor(), described.name, record_id)
    return _shown(described, record_id)


@api.post("/<object:described>/<uuid:record_id>/purge")
@needs("read", "delete", purging.PERMISSION)
def purge_record(described: ObjectType, record_id: UUID) -> Response:
    """Out of the trash for good, with all that is nothing without it; tells how many of what went."""
    asking.known(())
    no_body()
    return told({"purged": purging.purge(actor(), described.name, [record_id])})


@api.put("/<object:described>/by/<field>/<path:value>")
@needs("read", "write")
def upsert_record(described: ObjectType, field: str, value: str) -> Response:
    """Create or change the record that has this value."""
    asking.known(asking.SHOWN)
    record, is_new = upserting.upsert(actor(), described.name, field, value, body())
    shown = _document(described, record.id)
    return _created(described, shown) if is_new else _answer(described, shown)


def _hold(described: ObjectType, record_id: UUID) -> None:
    versions = etags.wanted_versions()
    if versions is not None:
        patching.hold(actor(), described.name, record_id, versions)


def _created(described: ObjectType, made: Document) -> Response:
    answer = _answer(described, made, status=201)
    answer.headers["Location"] = path_of(made.id, described.name)
    return answer


def _shown(described: ObjectType, record_id: UUID) -> Response:
    return _answer(described, _document(described, record_id))


def _document(described: ObjectType, record_id: UUID) -> Document:
    return documents.one(actor(), described.name, record_id, fields=asking.fields(), expand=asking.expand())


def _answer(described: ObjectType, shown: Document, status: int = 200) -> Response:
    return etags.answer(described, shown, fields=asking.fields(), expand=asking.expand(), status=status)


def _base_version(values: dict[str, Any]) -> int | None:
    """Taken out of the patch: it is no field."""
    version = values.pop("base_version", None)
    if version is None:
        return None
    if not isinstance(version, int) or isinstance(version, bool) or not 0 < version < 2**31:
        raise Invalid.one("base_version", "unknown_version", BAD_VERSION)
    return version
