"""Which records may be the same as those of which something is known, looked up in indexes.

Who has the same e-mail, phone or domain; who has the same name, in either order and as umlauts are spelled;
who has the same postcode. Of one record alone, with time for it, also who is called nearly so. Of what very
many have in common only so many are looked at as stands here; of equals the oldest, so that the same question
has the same answer.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text

from app.domain.duplicates.names import without_form
from app.domain.duplicates.rules import Evidence
from app.records.plain import dumps
from app.records.searching import spellings
from app.records.types import ObjectType
from tenants import hurry
from tenants.session import session

# The most records that one record is compared with, for each thing they have in common.
NEAR = 60
# The same where many records are compared at once.
NEAR_OF_MANY = 12
# So many of one name are looked at for who lives where it is said, so many of one postcode for names alike.
NAMESAKES, NEIGHBOURS = 1_000, 300
# The same where many are compared at once: of a name of hundreds the name of a town says little.
NAMESAKES_OF_MANY = 200
# So many that begin alike or share the last name are looked at for names alike.
BEGUN = 12_000
# So many letters may be otherwise; two that changed places are two.
SLIPS = 3
# Names nearly alike may take so long; what is found by then is not waited for longer.
ALIKE_MS = 60
_LONGEST = 100
_LAST = "\U0010ffff"
# No legal form is longer, with what joins it.
_FORM = 16

_HOLDERS = text(
    "SELECT key.nr, found.record_id FROM json_to_recordset(CAST(:keys AS json))"
    " AS key (nr int, kind text, value text)"
    " CROSS JOIN LATERAL (SELECT i.record_id FROM identifiers i WHERE i.kind = key.kind"
    " AND i.value = key.value AND i.object = :object AND i.is_live LIMIT :most) found"
)
# What is known of the place, of which one has to be the same for a name to weigh enough.
_KEY = (
    "json_to_recordset(CAST(:keys AS json)) AS key (nr int, name text, city text,"
    " postcode text, birthday date, company uuid, first text, last text)"
)
_PLACES = {
    "city": "lower(t.city) = key.city",
    "postcode": "t.postcode = key.postcode",
    "birthday": "t.birthday = key.birthday",
    "company_id": "t.company_id = key.company",
}


def near(described: ObjectType, evidence: Evidence) -> list[UUID]:
    """Records that may be the same as one of which this is known."""
    found = _found(described, [evidence], NEAR, strict=False)[0]
    if name := _name(evidence):
        try:
            with hurry.within(ALIKE_MS, alone=True):
                for statement in _alike(described):
                    asked = {"keys": dumps([_key(0, evidence, name)]), "most": NEAR}
                    found |= dict.fromkeys(row[1] for row in session.execute(statement, asked))
        except hurry.TooLong:
            pass
    found.pop(evidence.id, None)  # type: ignore[arg-type]
    return list(found)


def near_many(described: ObjectType, many: Sequence[Evidence]) -> list[list[UUID]]:
    """The same of each of these, in three statements for all, without names that are only nearly alike.

    Of people who share a name those alone who share a place, a birthday or a company as well.
    """
    return [list(each) for each in _found(described, many, NEAR_OF_MANY, strict=True)]


def _found(
    described: ObjectType, many: Sequence[Evidence], most: int, *, strict: bool
) -> list[dict[UUID, None]]:
    found: list[dict[UUID, None]] = [{} for _ in many]
    wanted = {"object": described.name, "most": most}
    keys = [key for nr, one in enumerate(many) for key in _identifiers(nr, one)]
    rows = [*(session.execute(_HOLDERS, {**wanted, "keys": dumps(keys)}) if keys else ())]
    names = [key for nr, one in enumerate(many) for key in _spelled(described, nr, one)]
    if names:
        rows += session.execute(_namesakes(described, strict), {"keys": dumps(names), "most": most})
    places = [_key(nr, one, _name(one)) for nr, one in enumerate(many) if one.postcode and _name(one)]
    if places and "postcode" in described.by_name:
        rows += session.execute(_neighbours(described), {"keys": dumps(places), "most": most})
    for nr, record_id in rows:
        found[nr][record_id] = None
    return found


def _identifiers(nr: int, one: Evidence) -> Iterator[dict[str, Any]]:
    for kind, values in (("email", one.emails), ("phone", one.phones), ("domain", one.domains)):
        for value in values:
            yield {"nr": nr, "kind": kind, "value": value}


def _spelled(described: ObjectType, nr: int, one: Evidence) -> Iterator[dict[str, Any]]:
    """The names by which one may stand there: people's in either order, companies' with any legal form."""
    name = _name(one)
    if len(name) < 2:
        return
    is_person = _has_people(described)
    turned = f"{one.family} {one.given}" if is_person and one.family and one.given else name
    written = dict.fromkeys(each for way in (name, turned) for each in spellings(way.lower()))
    for each in written:
        yield _key(nr, one, each)


def _key(nr: int, one: Evidence, name: str) -> dict[str, Any]:
    return {
        "nr": nr,
        "name": name[:_LONGEST],
        "city": one.city.lower() or None,
        "postcode": one.postcode or None,
        "birthday": one.birthday,
        "company": one.company,
        "first": one.given[:_LONGEST],
        "last": (one.family if one.is_person else name)[:_LONGEST],
    }


def _name(one: Evidence) -> str:
    return " ".join(f"{one.given} {one.family}".split()) or without_form(one.name)


def _has_people(described: ObjectType) -> bool:
    return {"first_name", "last_name"} <= described.by_name.keys()


def _agreed(described: ObjectType) -> str:
    """SQL: in how many things beside its name a row `t` is as the key says."""
    agreeing = [sql for name, sql in _PLACES.items() if name in described.by_name]
    return " + ".join(f"coalesce(({sql})::int, 0)" for sql in agreeing) or "0"


@lru_cache(maxsize=128)
def _namesakes(described: ObjectType, strict: bool) -> TextClause:
    """Who has the name, who agrees in more first; `strict`: of people who agrees in something else at all."""
    title = f"ext.sort_key(t.{described.title})"
    agreed, is_person = _agreed(described), _has_people(described)
    namesakes = NAMESAKES_OF_MANY if strict else NAMESAKES
    same = f"{title} = ext.sort_key(key.name)"
    if not is_person:
        # With whatever legal form behind it; names that go on for long are others.
        same = f"{title} >= ext.sort_key(key.name) AND {title} < ext.sort_key(key.name) || ',{_LAST}'"
        agreed += f" + 2 * (length(t.{described.title}) < length(key.name) + {_FORM})::int"
    least = " WHERE looked.agreed > 0" if strict and is_person else ""
    return text(
        f"SELECT key.nr, found.id FROM {_KEY} CROSS JOIN LATERAL ("  # noqa: S608 - the SQL is our own
        f"SELECT looked.id FROM (SELECT t.id, {agreed} AS agreed FROM {described.source} t"
        f" WHERE {same} AND t.deleted_at IS NULL LIMIT {namesakes}) looked{least}"
        " ORDER BY looked.agreed DESC, looked.id LIMIT :most) found"
    )


@lru_cache(maxsize=128)
def _neighbours(described: ObjectType) -> TextClause:
    """Who has the postcode and a name that is alike, the likest first; of people some name begins alike."""
    begins = ""
    if _has_people(described):
        both = "(lower(left(key.first, 1)), lower(left(key.last, 1)))"
        begins = f" AND (lower(left(t.first_name, 1)) IN {both} OR lower(left(t.last_name, 1)) IN {both})"
    return text(
        f"SELECT key.nr, found.id FROM {_KEY} CROSS JOIN LATERAL ("  # noqa: S608 - the SQL is our own
        f"SELECT looked.id FROM (SELECT near.id, ext.similarity(near.name, key.name) AS alike"
        f" FROM (SELECT t.id, t.{described.title} AS name FROM {described.source} t"
        f" WHERE t.postcode = key.postcode AND t.deleted_at IS NULL{begins}"
        f" LIMIT {NEIGHBOURS}) near OFFSET 0) looked"
        " WHERE looked.alike >= 0.3 ORDER BY looked.alike DESC, looked.id LIMIT :most) found"
    )


@lru_cache(maxsize=64)
def _alike(described: ObjectType) -> tuple[TextClause, ...]:
    """Who is called nearly so, found by what of the name is as it should be; who agrees in more first."""
    # Of a company's name only as much as was said: legal forms stand behind it.
    said = (
        f"t.{described.title}" if _has_people(described) else f"left(t.{described.title}, length(key.name))"
    )
    slips = f"ext.levenshtein_less_equal(left(lower({said}), {_LONGEST}), lower(key.name), {SLIPS})"
    return tuple(
        text(
            f"SELECT key.nr, found.id FROM {_KEY} CROSS JOIN LATERAL ("  # noqa: S608 - the SQL is our own
            f"SELECT looked.id FROM (SELECT t.id, {_agreed(described)} AS agreed, {slips} AS slips"
            f" FROM {described.source} t WHERE {each} AND t.deleted_at IS NULL LIMIT {BEGUN}) looked"
            f" WHERE looked.slips <= {SLIPS}"
            " ORDER BY looked.agreed DESC, looked.slips, looked.id LIMIT :most) found"
        )
        for each in _begun(described)
    )


def _begun(described: ObjectType) -> Iterator[str]:
    """People's first name and the next letter, or their last name; three letters of others' names."""
    title, whole = f"ext.sort_key(t.{described.title})", "ext.sort_key(key.name)"
    if not _has_people(described):
        yield f"{title} >= left({whole}, 3) AND {title} < left({whole}, 3) || '{_LAST}'"
        return
    last, first = "ext.sort_key(key.last)", "ext.sort_key(key.first)"
    begin = f"{first} || ' ' || left({last}, 1)"
    yield f"{title} >= {begin} AND {title} < {begin} || '{_LAST}'"
    yield f"ext.sort_key(t.last_name) = {last}"
