"""What happened since: the log of facts onwards from a cursor, complete and in order."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Response, request

from app.api import asking
from app.api.answers import told
from app.api.doors import actor, api
from app.api.scopes import any_token
from app.records import changed, scope
from app.records.reader import MOST, Happened, Reader
from app.records.rights import readable

PAGE = 100


@api.get("/changes")
@any_token
def list_changes() -> Response:
    """Facts about what the token may read, after `after`; without it from the very first."""
    asking.known(("after", "limit"))
    reader = Reader(request.args.get("after") or None)
    limit = asking.page_size(MOST, PAGE)
    facts = reader.read(limit)
    seen = set(readable(actor()))
    shown = [fact for fact in facts if fact.object in seen]
    records = changed.rows_of(shown)
    if scope.is_limited(actor()):
        shown, records = changed.within(actor(), shown, records)
    data = [_change(fact, records) for fact in shown]
    return told({"data": data, "next_cursor": reader.cursor, "has_more": len(facts) == limit})


def _change(fact: Happened, records: Mapping[UUID, Sequence[Mapping[str, Any]]]) -> dict[str, Any]:
    many = records.get(fact.id)
    one = {"id": fact.record_id, "verb": fact.verb, "version": fact.data.get("version")}
    return {
        "id": fact.id,
        "at": fact.at,
        "verb": fact.verb,
        "object": fact.object,
        "title": fact.title,
        "fields": fact.fields,
        "records": [one] if fact.record_id else many or [],
        "actor": {"kind": fact.actor_kind, "id": fact.actor_id, "name": fact.actor_name},
        "door": fact.door,
        "job_id": fact.job_id,
    }
