"""What is talked about on a record's page: its conversations, and letters that wait for a yes."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.core.actor import Actor
from app.core.ids import parse_id
from app.domain.letters import queries as letters
from app.domain.messages import queries
from app.records import reading, scope
from app.records.reading import Query
from app.records.record import Record
from app.records.timeline import Entry
from app.ui.letters import Waiting, waiting
from app.ui.messages import excerpt
from app.web.messages import MAY_WRITE, talks

OBJECTS = frozenset({"contacts", "companies", "orders", "cases", "deals", "incidents"})
MOST_PEOPLE = 50


def section(who: Actor, record: Record) -> Mapping[str, Any]:
    """Conversations of the record, and whom one can write to."""
    may_talk = MAY_WRITE in who.permissions and record.deleted_at is None
    return {
        "talks": talks(who, queries.of_record(who, record.object, record.id)),
        "may_talk": may_talk,
        "to": _to(record),
        "people": _people(who, record) if may_talk else [],
    }


def first_words(who: Actor, entries: Sequence[Entry]) -> Mapping[str, str] | None:
    """How the messages of these entries begin, by their id, of those that one may read; None: of none."""
    if "messages:read" not in who.permissions:
        return None
    ids = [found for found in (parse_id(str(one.data.get("message_id", ""))) for one in entries) if found]
    if not ids:
        return {}
    return {str(key): excerpt(words) for key, words in queries.excerpts(who, ids).items()}


def held(who: Actor, record: Record) -> list[Waiting]:
    """Letters about an incident that wait for a yes."""
    if record.object != "incidents" or "messages:read" not in who.permissions:
        return []
    return waiting([one for one in letters.of_incident(who, record.id) if one.state == "waiting"])


def _to(record: Record) -> str:
    if record.object == "contacts":
        return record.title
    return record.labels.get("contact_id") or ""


def _people(who: Actor, record: Record) -> list[tuple[str, str]]:
    """Where the record names nobody: the people of its company."""
    if _to(record) or "contacts:read" not in who.permissions:
        return []
    company_id = record.id if record.object == "companies" else record.get("company_id")
    if company_id is None or not scope.visible(who, "companies", [company_id]):
        return []
    wanted = Query(limit=MOST_PEOPLE, count=False, fields=scope.shown(who, "contacts", "name", "email"))
    rows = reading.related(who, "companies", company_id, "contacts", wanted).rows
    return [(str(row.id), row.title) for row in rows]
