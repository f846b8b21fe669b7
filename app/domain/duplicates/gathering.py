"""The keys of all records of an object, laid down chunk by chunk so that those with one key come together.

Each chunk of records is read once, by its place in the order of ids. Their keys are scattered over so many
parts that the whole of a part is little; a part read back holds all records of each of its keys. What is laid
down are rows of the job, so that a crash or a stop loses no more than a slice.
"""

import base64
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import TextClause, delete, text

from app.domain.duplicates import blocking
from app.domain.jobs.models import Job, JobRow
from app.records.types import ObjectType
from tenants.session import session

# So many records are read in one statement.
CHUNK = 4_000
# About so many keys make a part; a record has a dozen.
PART, EACH = 40_000, 12
MOST_PARTS = 2_048
_NOBODY = UUID(int=0)
# A part's rows lie together, below zero: the rows of a job that people look at count up from one.
_CHUNKS = 1 << 20
_KEY, _ENTRY = 8, 24


class Gathered(NamedTuple):
    """How many records a chunk had and the last of them, None where there are no more."""

    rows: int
    last: UUID | None


def parts(rows: int) -> int:
    """Over how many parts the keys of so many records are scattered: a power of two."""
    wanted = 1
    while wanted * PART < rows * EACH and wanted < MOST_PARTS:
        wanted *= 2
    return wanted


def gather(described: ObjectType, job: Job, chunk: int, number: int, after: str | None) -> Gathered:
    """Lay down the keys of the records that follow the one with that id, scattered over so many parts."""
    asked = {
        "job": job.id, "object": described.name, "after": after or _NOBODY, "rows": CHUNK,
        "chunk": chunk, "chunks": _CHUNKS, "mask": number - 1,
    }  # fmt: skip
    rows, last = session.execute(_statement(described), asked).one()
    return Gathered(rows, last if rows == CHUNK else None)


@lru_cache(maxsize=64)
def _statement(described: ObjectType) -> TextClause:
    parts_of = ", ".join(f"{sql} AS {name}" for name, sql in blocking.parts(described).items())
    keys = ", ".join(f"({sql})" for sql in blocking.keys(described))
    # The parts are worked out once a row: OFFSET 0 keeps the planner from repeating them in each key.
    return text(f"""
WITH those AS MATERIALIZED (
    SELECT t.id, {parts_of} FROM {described.source} t
     WHERE t.deleted_at IS NULL AND t.id > :after ORDER BY t.id LIMIT :rows OFFSET 0
), keyed AS (
    SELECT k.id, each.key FROM those k CROSS JOIN LATERAL (VALUES {keys}) each (key)
     WHERE each.key IS NOT NULL
    UNION ALL
    SELECT i.record_id, concat_ws(' ', i.kind, i.system, i.value) FROM those k
      JOIN identifiers i ON i.record_id = k.id AND i.object = :object AND i.is_live
), hashed AS (
    SELECT id, hashtextextended(key, 9) AS key FROM keyed
), laid AS (
    INSERT INTO job_rows (job_id, row_number, state, data)
    SELECT :job, -1 - CAST((key & :mask) * :chunks + :chunk AS integer), 'waiting', jsonb_build_object('keys',
           encode(string_agg(int8send(key) || uuid_send(id), ''), 'base64'))
      FROM hashed GROUP BY key & :mask
)
SELECT (SELECT count(*) FROM those), (SELECT id FROM those ORDER BY id DESC LIMIT 1)
""")  # noqa: S608 - the SQL is our own


def blocks(job: Job, part: int) -> list[list[UUID]]:
    """The records with a key in common, for each key of that part; the part is taken away."""
    found: dict[bytes, dict[bytes, None]] = {}
    for entry in _entries(job, part):
        found.setdefault(entry[:_KEY], {})[entry[_KEY:]] = None
    return [[UUID(bytes=each) for each in ids] for ids in found.values() if len(ids) > 1]


def _entries(job: Job, part: int) -> Iterator[bytes]:
    first = -1 - part * _CHUNKS
    here = (JobRow.job_id == job.id, JobRow.row_number.between(first - _CHUNKS + 1, first))
    for data in session.scalars(delete(JobRow).where(*here).returning(JobRow.data)):
        packed = base64.b64decode(data["keys"])
        for place in range(0, len(packed), _ENTRY):
            yield packed[place : place + _ENTRY]


def forget(job_ids: Sequence[UUID]) -> None:
    """Take away what these jobs laid down and did not come to."""
    session.execute(delete(JobRow).where(JobRow.job_id.in_(job_ids), JobRow.row_number < 0))
