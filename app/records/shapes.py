"""How a record looks as JSON, as the SQL that makes it: the database writes the text, nobody reads rows."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from app.core.actor import Actor
from app.core.errors import Invalid, Problem
from app.core.permissions import require
from app.core.text import N_
from app.records import holding, intake, pointing, registry, scope
from app.records.types import IDENTIFIED, Field, ObjectType

HEAD = ("id", "object", "version")
STAMPS = ("created_at", "updated_at")
NOT_EXPANDABLE = N_("%(name)s cannot be expanded. Take one of: %(known)s.")

# Numeric(19, 4) as it leaves Kith: at least two places, no more than it needs.
_MONEY = "CASE WHEN scale(trim_scale({0})) < 2 THEN round({0}, 2) ELSE trim_scale({0}) END::text"
_INSTANT = """to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
_LIST = (
    "coalesce(json_agg(json_build_object('value', value, 'purpose', purpose, 'primary', is_primary)"
    " ORDER BY position) FILTER (WHERE kind = '{0}' AND system = '{1}'), '[]')"
)
_BY_SYSTEM = "coalesce(json_object_agg(system, value) FILTER (WHERE kind = '{0}'), '{{}}')"


def names_of(actor: Actor, described: ObjectType, fields: Sequence[str] | None) -> tuple[str, ...]:
    """The fields to show, in order: all that `actor` sees, or these; raises Invalid for unknown ones.

    An amount brings its currency along.
    """
    seen = scope.seen(actor, described)
    if fields is None:
        return _all(seen)
    unknown = [name for name in fields if name not in seen.by_name and name not in HEAD]
    if unknown:
        raise Invalid([intake.unknown(seen, name) for name in unknown])
    return tuple(dict.fromkeys(_with_currencies(seen, fields)))


@lru_cache(maxsize=64)
def _all(described: ObjectType) -> tuple[str, ...]:
    return (*STAMPS, *(each.name for each in described.fields))


def _with_currencies(described: ObjectType, fields: Sequence[str]) -> Iterator[str]:
    for name in fields:
        if name not in HEAD:
            yield name
            currency = described.by_name[name].currency
            if currency:
                yield currency


def expansions_of(actor: Actor, described: ObjectType, wanted: Sequence[str]) -> tuple[str, ...]:
    """The relations to show whole; raises Invalid for others, NotAllowed where the right is missing."""
    known = expandable(scope.seen(actor, described))
    unknown = [name for name in wanted if name not in known]
    if unknown:
        told = {"name": unknown[0][:100], "known": ", ".join(known)}
        raise Invalid([Problem("expand", "not_expandable", NOT_EXPANDABLE, told)])
    for name in wanted:
        if known[name].target:
            permission = registry.target(known[name].target or "").permission
            if permission:
                require(actor, permission)
        else:
            require(actor, "members:read")
    return tuple(dict.fromkeys(wanted))


@lru_cache(maxsize=64)
def expandable(described: ObjectType) -> dict[str, Field]:
    """Relations that can be shown whole, by name: company for company_id, beside it.

    One that a company called customer stands in the place of its own id.
    """
    relations = [each for each in described.fields if each.relates_to or each.holds]
    plain = {each.name: each for each in relations if not each.name.endswith("_id")}
    return plain | {each.name.removesuffix("_id"): each for each in relations if each.name.endswith("_id")}


@lru_cache(maxsize=1024)
def document(described: ObjectType, names: tuple[str, ...], expansions: tuple[str, ...]) -> str:
    """The SQL of one record's JSON text, for a statement that has the object's own table in scope."""
    return _document(described, names, {name: _related(described, name) for name in expansions})


def document_for(
    actor: Actor, described: ObjectType, names: tuple[str, ...], expansions: tuple[str, ...]
) -> str:
    """The same with relations, and records that are shown whole, such as `actor` sees them."""
    if not scope.is_limited(actor):
        return document(described, names, expansions)
    expanded = {name: _related(described, name, actor) for name in expansions}
    return _document(described, names, expanded, actor)


def _document(
    described: ObjectType, names: tuple[str, ...], expanded: Mapping[str, str], actor: Actor | None = None
) -> str:
    beside = tuple(name for name in names if name not in expanded)
    parts = [*_columns(described, described.table.name, beside, actor)]
    parts += [f'{sql} AS "{name}"' for name, sql in expanded.items()]
    return f"(SELECT row_to_json(d)::text FROM (SELECT {', '.join(parts)}{_known(described, names)}) d)"  # noqa: S608


@lru_cache(maxsize=256)
def expanded_versions(described: ObjectType, expansions: tuple[str, ...]) -> str:
    """The SQL of an array with the versions of the records that are shown whole."""
    return _versions(_version(described, name) for name in expansions)


def versions_for(actor: Actor, described: ObjectType, expansions: tuple[str, ...]) -> str:
    """The same where `actor` may not see them all."""
    if not scope.is_limited(actor):
        return expanded_versions(described, expansions)
    return _versions(_version(described, name, actor) for name in expansions)


def _versions(versions: Iterable[str]) -> str:
    return f"ARRAY[{', '.join(versions)}]::integer[]"


def _theirs(actor: Actor | None, other: ObjectType, alias: str) -> str:
    """That a row of the object, under that name, is for `actor`."""
    sql = scope.written(actor, other, alias) if actor is not None else ""
    return f" AND {sql}" if sql else ""


def _columns(described: ObjectType, alias: str, names: tuple[str, ...], actor: Actor | None) -> Iterator[str]:
    yield f"{alias}.id, '{described.name}' AS \"object\", {alias}.version"
    for name in names:
        if name not in HEAD:
            yield f'{_value(described.by_name[name], alias, actor)} AS "{name}"'
    if _lends_currency(described, names):
        yield f'{_parents_currency(described, alias)} AS "currency"'


def _value(field: Field, alias: str, actor: Actor | None) -> str:
    column = f"{alias}.{field.name}"
    match field.kind:
        case "relation" | "relations":
            return pointing.written(actor, field, alias)
        case "money":
            return _MONEY.format(column)
        case "datetime":
            return _INSTANT.format(column)
        case "emails" | "phones" | "external_ids":
            return f"known.{field.name}"
        case "number" | "percent":
            return f"trim_scale({column})"
        case _:
            return column


def _known(described: ObjectType, names: tuple[str, ...], alias: str = "") -> str:
    """One look at the record's identifiers, for all fields that lie there."""
    fields = [each for each in described.identified if each.name in names]
    if not fields:
        return ""
    wanted = [
        (_BY_SYSTEM if each.kind == "external_ids" else _LIST).format(IDENTIFIED[each.kind], each.listed)
        + f" AS {each.name}"
        for each in fields
    ]
    own = alias or described.table.name
    return f" FROM (SELECT {', '.join(wanted)} FROM identifiers WHERE record_id = {own}.id) known"  # noqa: S608


def _related(described: ObjectType, name: str, actor: Actor | None = None) -> str:
    field = expandable(described)[name]
    alias = f"x_{name}"
    there = f"{alias}.id = {described.table.name}.{field.name}"
    if field.kind == "member":
        columns = f"{alias}.id, {alias}.name, {alias}.email"
        return f"(SELECT row_to_json(e) FROM (SELECT {columns} FROM members {alias} WHERE {there}) e)"  # noqa: S608
    target = registry.target(field.target or "")
    if not _is_object(field):
        source = target.source or target.table.name
        chosen = f"SELECT {alias}.id, {alias}.name FROM {source} {alias} WHERE {there}"  # noqa: S608
        return f"(SELECT row_to_json(e) FROM ({chosen}) e)"  # noqa: S608
    whole = registry.get(field.target or "")
    other = scope.seen(actor, whole) if actor is not None else whole
    names = (*STAMPS, *(each.name for each in other.fields))
    known = _known(other, names, alias).removeprefix(" FROM ")
    lateral = f" CROSS JOIN LATERAL {known}" if known else ""
    columns = ", ".join(_columns(other, alias, names, actor))
    if field.holds:
        rows = holding.listed(actor, field, described.table.name, alias, lateral)
        return f"(SELECT json_agg(row_to_json(e)) FROM (SELECT {columns} {rows} ORDER BY held.place) e)"  # noqa: S608
    source = f"{target.source} {alias}"
    return (
        f"(SELECT row_to_json(e) FROM (SELECT {columns} FROM {source}{lateral}"  # noqa: S608
        f" WHERE {there} AND {alias}.deleted_at IS NULL{_theirs(actor, whole, alias)}) e)"
    )


def _version(described: ObjectType, name: str, actor: Actor | None = None) -> str:
    field = expandable(described)[name]
    if not _is_object(field):
        return "0"
    if field.holds:
        rows = holding.listed(actor, field, described.table.name, "v")
        return f"(SELECT hashtext(string_agg(v.id::text || v.version, ' ' ORDER BY v.id)) {rows})"
    other = registry.get(field.target or "")
    there = f"v.id = {described.table.name}.{field.name} AND v.deleted_at IS NULL{_theirs(actor, other, 'v')}"
    return f"(SELECT v.version FROM {other.source} v WHERE {there})"  # noqa: S608


def _is_object(field: Field) -> bool:
    return any(each.name == field.target for each in registry.every())


def _lends_currency(described: ObjectType, names: tuple[str, ...]) -> bool:
    """Whether amounts are shown whose currency is that of the record they belong to."""
    return any(described.by_name[name].kind == "money" for name in names if name not in HEAD) and not any(
        each.kind == "currency" for each in described.fields
    )


def _parents_currency(described: ObjectType, alias: str) -> str:
    sources = [
        f"(SELECT c.currency FROM {registry.get(each.target or '').source} c"  # noqa: S608
        f" WHERE c.id = {alias}.{each.name})"
        for each in described.relations
        if _is_object(each) and "currency" in registry.get(each.target or "").by_name
    ]
    return f"coalesce({', '.join(sources)}, NULL)"
