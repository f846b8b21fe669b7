"""Merging two records into one, and taking that back."""

from typing import Any
from uuid import UUID

from flask import Response

from app.api import asking, etags
from app.api.answers import body, no_body
from app.api.doors import actor, api
from app.api.leading import leads_on
from app.api.scopes import needs
from app.core.errors import Invalid, Problem
from app.core.ids import parse_id
from app.core.text import N_
from app.domain.duplicates import actions
from app.records import documents, patching, reading
from app.records.types import ObjectType

TAKEN = ("with", "choices")
NO_ID = N_("Name the record to merge into this one by its id.")
NO_CHOICES = N_("choices is an object of fields, each with keep or drop.")


@api.post("/<object:described>/<uuid:record_id>/merge")
@needs("read", "write", "delete")
@leads_on
def merge_record(described: ObjectType, record_id: UUID) -> Response:
    """Another record becomes a part of this one; asked again it answers the same."""
    asking.known(asking.SHOWN)
    reading.fetch(actor(), described.name, record_id)
    other, choices = _asked(body())
    versions = etags.wanted_versions()
    if versions is not None:
        patching.hold(actor(), described.name, record_id, versions)
    actions.merge(actor(), described.name, record_id, other, choices)
    return _shown(described, record_id)


@api.delete("/<object:described>/<uuid:record_id>/merge")
@needs("read", "write", "delete")
def unmerge_record(described: ObjectType, record_id: UUID) -> Response:
    """The record that had become a part of another is itself again."""
    asking.known(asking.SHOWN)
    no_body()
    actions.unmerge(actor(), described.name, record_id)
    return _shown(described, record_id)


def _asked(values: dict[str, Any]) -> tuple[UUID, dict[str, Any]]:
    problems = [asking.unknown_field(name, TAKEN) for name in values if name not in TAKEN]
    given, choices = values.get("with"), values.get("choices", {})
    other = parse_id(given) if isinstance(given, str) else None
    if other is None:
        problems.append(Problem("with", "required", NO_ID))
    if not isinstance(choices, dict):
        problems.append(Problem("choices", "not_an_object", NO_CHOICES))
    if problems or other is None:
        raise Invalid(problems)
    return other, choices


def _shown(described: ObjectType, record_id: UUID) -> Response:
    fields, expand = asking.fields(), asking.expand()
    shown = documents.one(actor(), described.name, record_id, fields=fields, expand=expand)
    return etags.answer(described, shown, fields=fields, expand=expand)
