"""Which records of some objects are somebody's, gathered at once: what several belong to is asked once."""

from collections.abc import Collection, Iterator, Mapping
from uuid import UUID

from sqlalchemy import TextClause, TextualSelect, Uuid, bindparam, column, text
from sqlalchemy.dialects.postgresql import ARRAY

from app.core.actor import Actor
from app.core.grants import Grants, Level
from app.records import belonging, reaching, registry
from app.records.belonging import Belonging
from app.records.types import ObjectType
from tenants import direct, hurry

REACHES: tuple[Level, ...] = ("own", "team")


def few(
    actor: Actor, objects: Collection[ObjectType], most: int, most_parents: int
) -> Mapping[str, frozenset[UUID]]:
    """The live records within the actor's reach, who has limits, of those objects that have at most so many.

    What belongs to more than `most_parents` others of one object is not gathered either.
    """
    assert isinstance(actor.grants, Grants), "without limits nobody asks"
    key = (registry.model().revision, "gathered", tuple(objects), most, most_parents)
    statement = actor.grants.kept(key, lambda: _statement(actor, objects, most, most_parents))
    people: dict[str, list[UUID]] = {reach: sorted(reaching.people(actor, reach)) for reach in REACHES}
    found: dict[str, set[UUID]] = {each.name: set() for each in objects}
    many = set()
    with hurry.planned():
        for name, record_id in direct.rows(statement, people):
            if record_id is None:
                many.add(name)
            else:
                found[name].add(record_id)
    return {name: frozenset(ids) for name, ids in found.items() if name not in many and len(ids) <= most}


def every(actor: Actor, described: ObjectType) -> TextualSelect:
    """The ids of all live records of the object within the actor's reach, who has limits; some come twice."""
    assert isinstance(actor.grants, Grants), "without limits nobody asks"
    key = (registry.model().revision, "every", described, actor.id)
    return actor.grants.kept(key, lambda: _every(actor, described))


def _every(actor: Actor, described: ObjectType) -> TextualSelect:
    sets = _Sets(None)
    rows = " UNION ALL ".join(
        sets.ways(reaching.chain(actor, described, reaching.level(actor, described.name)))
    )
    statement = text(f"WITH {', '.join(sets.written)} {rows}" if sets.written else rows)
    people = [
        bindparam(reach, sorted(reaching.people(actor, reach)), ARRAY(Uuid))
        for reach in REACHES
        if reach in statement._bindparams
    ]
    return statement.bindparams(*people).columns(column("id", Uuid))


def _statement(actor: Actor, objects: Collection[ObjectType], most: int, most_parents: int) -> TextClause:
    sets = _Sets(most_parents)
    parts = []
    for each in objects:
        asked = reaching.chain(actor, each, reaching.level(actor, each.name))
        rows = " UNION ALL ".join(sets.ways(asked))
        parts.append(f"(SELECT '{each.name}' AS object, id FROM ({rows}) w LIMIT {most + 1})")  # noqa: S608
        parts += [f"SELECT '{each.name}', NULL WHERE {too_many}" for too_many in sets.beyond(asked)]
    found = " UNION ALL ".join(dict.fromkeys(parts))
    return text(f"WITH {', '.join(sets.written)} {found}" if sets.written else found)


class _Sets:
    """Common table expressions of the records that belong in some way, each once; of each so many, or all."""

    def __init__(self, most: int | None) -> None:
        self.most = most
        self.written: list[str] = []
        self._names: dict[Belonging, str] = {}

    def live(self, asked: Belonging) -> str:
        """The name of that of the records that are not in the trash; some may come twice."""
        if asked not in self._names:
            ways = " UNION ALL ".join(self.ways(asked))
            name = self._names[asked] = f"set_{len(self._names)}"
            limit = "" if self.most is None else f" LIMIT {self.most + 1}"
            rows = f"SELECT id FROM ({ways}) w{limit}"  # noqa: S608 - names are our own
            self.written.append(f"{name} AS MATERIALIZED ({rows})")
        return self._names[asked]

    def beyond(self, asked: Belonging) -> Iterator[str]:
        """That there are more than are told of those that such records belong to."""
        for _, parent in asked.ways:
            yield self._overflow(parent)
            yield from self.beyond(parent)

    def _overflow(self, asked: Belonging) -> str:
        return f"(SELECT count(*) > {self.most} FROM {self.live(asked)})"  # noqa: S608

    def ways(self, asked: Belonging) -> Iterator[str]:
        """Those that are not in the trash, each way for itself, so that each finds its index."""
        column, whose = asked.column("t"), asked.column("t")(asked.whose)
        rows = f"SELECT t.id FROM {asked.base} t WHERE t.deleted_at IS NULL{asked.only('t')}"  # noqa: S608
        yield f"{rows} AND {whose} = ANY(:{asked.reach})"
        alone = "" if asked.described.is_part else f" AND {whose} IS NULL"
        for name, parent in asked.ways:
            yield f"{rows} AND {column(name)} IN ({self._whole(parent)}){alone}"

    def _whole(self, asked: Belonging) -> str:
        """Those in the trash as well: what belongs to them is still somebody's."""
        gone = f"t.deleted_at IS NOT NULL{asked.only('t')}"
        met = belonging.filled(belonging.template(asked), asked.column("t"), lambda reach: f":{reach}")
        trashed = f"SELECT t.id FROM {asked.base} t WHERE {gone} AND {met}"  # noqa: S608
        return f"SELECT id FROM {self.live(asked)} UNION ALL {trashed}"  # noqa: S608
