"""E-mails, phones, domains and external ids of any record: one place for matching and uniqueness."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import any_, select, text

from app.records.plain import dumps
from app.records.tables import array_of, identifiers
from app.records.together import WHEN, Part
from app.records.types import IDENTIFIED, PRIMARY, Change, Field, ObjectType
from app.records.values.reach import Known, normal_domain, normal_email, normal_phone, with_primary
from tenants.session import session

normalise_email = normal_email
normalise_phone = normal_phone
normalise_domain = normal_domain

# Columns that are identifiers, or follow from them.
SETTLED = (*PRIMARY.values(), "domain")

_INSERT = (
    "INSERT INTO identifiers (object, record_id, kind, system, value, display, purpose,"  # noqa: S608
    " is_primary, is_exclusive, position)"
    " SELECT object, record_id, kind, system, value, display, purpose, is_primary, is_exclusive, position"
    f" FROM json_populate_recordset(NULL::identifiers, CAST(:identifiers AS json)){WHEN}"
)
_DELETE = text(
    "DELETE FROM identifiers WHERE record_id = ANY(:ids) AND kind = :kind"
    " AND (system = :system OR kind = 'external')"
)
_EXCLUDE = text(
    "UPDATE identifiers SET is_exclusive = :exclusive WHERE object = :object AND kind = :kind"
    " AND system = :system AND is_exclusive <> :exclusive"
)
_TWICE = text(
    "SELECT value FROM identifiers WHERE object = :object AND kind = :kind AND system = :system AND is_live"
    " GROUP BY value HAVING count(DISTINCT record_id) > 1 LIMIT 1"
)
_COUNT = text("SELECT count(*) FROM identifiers WHERE object = :object AND kind = :kind AND system = :system")
EXTERNAL = "external"
# Of what sort a list of identifiers is, and which of that sort: see `Field.listed`.
Place = tuple[str, str]
_LIVE = text("UPDATE identifiers SET is_live = :live WHERE record_id = :id")
_MATCH = text(
    "SELECT value, min(record_id::text)::uuid FROM identifiers"
    " WHERE object = :object AND kind = :kind AND system = :system AND is_live AND value = ANY(:values)"
    " GROUP BY value"
)


def match(object_name: str, kind: str, values: Iterable[str], system: str = "") -> dict[str, UUID]:
    """The live record of each normalised value that has one; of several the oldest.

    `kind` is email, phone, domain or external (then with its `system`).
    """
    wanted = list(values)
    if not wanted:
        return {}
    found = session.execute(_MATCH, {"object": object_name, "kind": kind, "system": system, "values": wanted})
    return {row[0]: row[1] for row in found}


def load(described: ObjectType, ids: Sequence[UUID]) -> dict[UUID, dict[str, list[Known]]]:
    """For each record the values of its identified fields, primary ones first."""
    names = {place(each): each.name for each in described.identified}
    found: dict[UUID, dict[str, list[Known]]] = {i: {name: [] for name in names.values()} for i in ids}
    columns = identifiers.c
    rows = session.execute(
        select(
            columns.record_id,
            columns.kind,
            columns.value,
            columns.display,
            columns.purpose,
            columns.is_primary,
            columns.system,
        )
        .where(columns.record_id == any_(array_of(ids)))
        .order_by(columns.position)
    )
    for record_id, kind, value, display, purpose, is_primary, system in rows:
        own = system if kind == EXTERNAL else ""
        name = names.get((kind, "" if own else system))
        if name is not None:
            found[record_id][name].append(Known(value, display, purpose, is_primary, own))
    return found


def place(field: Field) -> Place:
    """Where the values of an identified field lie."""
    return IDENTIFIED[field.kind], field.listed


def settle(described: ObjectType, change: Change) -> None:
    """Make lists and their primary fields agree: setting either one sets the other."""
    before = change.before or {}
    for many, one in described.primaries.items():
        if many not in change.values and one not in change.values:
            continue
        given = many in change.values
        known = list((change.values.get(many) if given else before.get(many)) or ())
        if one in change.values:
            known = _with_value(known, change.values[one], replace=not given)
        known = with_primary(known)
        change.values[many] = known
        change.values[one] = known[0].value if known else None


def _with_value(known: list[Known], value: str | None, *, replace: bool) -> list[Known]:
    if value is None:
        return known[1:] if replace else known
    others = [Known(e.value, e.display, e.purpose) for e in known if e.value != value]
    same = next((e for e in known if e.value == value), None)
    if same is None and replace:
        others = others[1:]
    purpose = same.purpose if same else known[0].purpose if known and replace else ""
    return [Known(value, same.display if same else value, purpose, True), *others]


def lists_of(described: ObjectType, change: Change) -> dict[Place, list[Known]]:
    """What the change sets: the identifiers of each list."""
    changed = {
        place(each): change.values[each.name] or []
        for each in described.identified
        if each.name in change.values
    }
    if "domain" in described.identifier_kinds and "domain" in change.values:
        domain = change.values["domain"]
        changed["domain", ""] = [Known(domain, domain, primary=True)] if domain else []
    return changed


def clear(described: ObjectType, changes: Sequence[Change]) -> None:
    """Remove the identifiers in whose place these changes set others."""
    replaced: dict[Place, list[UUID]] = {}
    for change in changes:
        for where in lists_of(described, change) if not change.is_new else ():
            replaced.setdefault(where, []).append(change.record_id)
    for (kind, system), ids in replaced.items():
        session.execute(_DELETE, {"ids": ids, "kind": kind, "system": system})


def joining(described: ObjectType, changes: Sequence[Change]) -> list[Part]:
    """What writes the identifiers that these changes set, once those that were are cleared."""
    exclusive = described.exclusive_lists
    rows: list[Mapping[str, Any]] = []
    for change in changes:
        for where, known in lists_of(described, change).items():
            entry = _head(change, where, where in exclusive)
            rows.extend({**entry, **_tail(position, each, where[1])} for position, each in enumerate(known))
    return [Part(_INSERT, {"identifiers": dumps(rows)}, identifiers.name)] if rows else []


def count(object_name: str, where: Place) -> int:
    """How many entries that list has, in all records."""
    found: int = session.scalar(_COUNT, _told(object_name, where)) or 0
    return found


def twice(object_name: str, where: Place) -> str | None:
    """A value that two live records have on that list."""
    found: str | None = session.scalar(_TWICE, _told(object_name, where))
    return found


def set_exclusive(object_name: str, where: Place, *, exclusive: bool) -> None:
    """Let each value on that list belong to one live record alone, or to any number of them."""
    session.execute(_EXCLUDE, {**_told(object_name, where), "exclusive": exclusive})


def _told(object_name: str, where: Place) -> Mapping[str, str]:
    return {"object": object_name, "kind": where[0], "system": where[1]}


def set_live(record_id: UUID, *, live: bool) -> None:
    """Let the record's identifiers count, or not, when others look for a match."""
    session.execute(_LIVE, {"id": record_id, "live": live})


def _head(change: Change, where: Place, exclusive: bool) -> Mapping[str, Any]:
    return {
        "object": change.object,
        "record_id": change.record_id,
        "kind": where[0],
        "is_exclusive": exclusive,
    }


def _tail(position: int, known: Known, listed: str) -> Mapping[str, Any]:
    return {
        "system": listed or known.system,
        "value": known.value,
        "display": known.display,
        "purpose": known.purpose,
        "is_primary": known.primary,
        "position": position,
    }
