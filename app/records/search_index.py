"""What records are found by, kept beside them."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text

from app.records import together
from app.records.plain import dumps
from app.records.searching import german
from app.records.titles import subtitle, title
from app.records.together import WHEN, Part
from app.records.types import Change, ObjectType
from tenants.session import session

LONGEST = 10_000

_UPSERT = (
    "INSERT INTO search (object, record_id, title, subtitle, body, owner_id)"  # noqa: S608
    " SELECT object, record_id, title, subtitle, ' ' || ext.fold(body), owner_id"
    f" FROM json_populate_recordset(NULL::search, CAST(:entries AS json)){WHEN}"
    " ON CONFLICT (record_id) DO UPDATE SET title = excluded.title, subtitle = excluded.subtitle,"
    " body = excluded.body, owner_id = excluded.owner_id, updated_at = now()"
)
# Neither where nothing is another nor as if the record had changed: it is only found by other fields.
_AGAIN = (
    _UPSERT.removesuffix(", updated_at = now()") + " WHERE (search.title, search.subtitle, search.body)"
    " IS DISTINCT FROM (excluded.title, excluded.subtitle, excluded.body)"
)
_OWNERS = (
    "UPDATE search s SET owner_id = r.owner_id, updated_at = now()"
    " FROM json_populate_recordset(NULL::search, CAST(:owners AS json)) r WHERE s.record_id = r.record_id"
)
_DELETE = text("DELETE FROM search WHERE record_id = :id")
_NO_DIGIT = re.compile(r"\D")
_UMLAUTS = re.compile("[äöüÄÖÜ]")


def joining(described: ObjectType, changes: Sequence[Change]) -> list[Part]:
    """What enters new and changed records."""
    rows, owners = [], []
    for change in changes:
        if change.is_new or any(name in change.values for name in described.found_by):
            rows.append(entry(described, change.record_id, change.after))
        elif "owner_id" in change.values:
            owners.append({"record_id": change.record_id, "owner_id": change.values["owner_id"]})
    found = [_part(rows)] if rows else []
    return [*found, Part(_OWNERS, {"owners": dumps(owners)})] if owners else found


def enter(described: ObjectType, record_id: UUID, values: Mapping[str, Any]) -> None:
    """Enter one record with these values."""
    enter_many(described, {record_id: values})


def enter_many(described: ObjectType, records: Mapping[UUID, Mapping[str, Any]]) -> None:
    """Enter the records, whose values stand by their ids."""
    if records:
        together.run(_part([entry(described, record_id, values) for record_id, values in records.items()]))


def enter_again(described: ObjectType, records: Mapping[UUID, Mapping[str, Any]]) -> None:
    """The same of records that did not change, although what they are found by did."""
    if records:
        rows = [entry(described, record_id, values) for record_id, values in records.items()]
        together.run(Part(_AGAIN, {"entries": dumps(rows)}))


def remove(record_id: UUID) -> None:
    """The record is not found any more."""
    session.execute(_DELETE, {"id": record_id})


def _part(rows: Sequence[Mapping[str, Any]]) -> Part:
    return Part(_UPSERT, {"entries": dumps(rows)})


def entry(described: ObjectType, record_id: UUID, values: Mapping[str, Any]) -> dict[str, Any]:
    """The row of one record; the database folds its body."""
    texts = [each for name in described.found_by for each in _texts(values.get(name))]
    return {
        "object": described.name,
        "record_id": record_id,
        "title": title(described, values)[:500],
        "subtitle": subtitle(described, values)[:500],
        "body": _body(" ".join(texts)),
        "owner_id": values.get("owner_id"),
    }


def _body(texts: str) -> str:
    """Each word once, since words are looked for one by one; with umlauts also as Germans spell it without.

    So either way of writing finds the other.
    """
    sound = texts if texts.isascii() else unicodedata.normalize("NFKC", texts)
    body = " ".join(dict.fromkeys(sound.split()))[:LONGEST]
    if body.isascii():
        return body
    spelled = [german(word.lower()) for word in body.split() if _UMLAUTS.search(word)]
    return " ".join((body, *spelled))


def _texts(value: Any) -> list[str]:
    if not value:
        return []
    if isinstance(value, list):
        return [word for known in value for word in (known.value, *_digits(known.display, known.value))]
    return [str(value)]


def _digits(*spellings: str) -> list[str]:
    """Phones without marks, so that any spelling finds them: 493012345 and 03012345."""
    if "@" in spellings[0]:
        return []
    found = [_NO_DIGIT.sub("", spelling) for spelling in spellings]
    return [each for each in found if len(each) >= 4]
