"""An export in slices: each writes one part of the file and remembers where the list goes on."""

from typing import Any

import orjson

from app.core import storage
from app.core.actor import Actor
from app.core.errors import NotFound
from app.domain.exports import rules
from app.domain.jobs import results, slices
from app.domain.jobs.models import Job
from app.domain.jobs.slices import Budget
from app.records import documents, filters, scope
from app.records.reading import Query
from app.records.rights import allowed

PAGE = 1_000


def advance(actor: Actor, job: Job, budget: Budget) -> bool:
    """Write some more of the list; True where records are left.

    A part of a file in S3 has a least size, so a slice ends when it is reached and the time is over.
    """
    place: dict[str, Any] = dict(job.checkpoint) or _begin(job)
    names = job.params["fields"]
    body = rules.header(names) if not place["tags"] else b""
    done = 0
    reader = scope.exporting(actor)
    while True:
        page = documents.page(reader, job.object or "", _query(reader, job, place["cursor"]), most=PAGE)
        body += rules.rows((orjson.loads(each) for each in page.json), names)
        done += len(page.json)
        place["cursor"] = page.next_cursor
        if page.next_cursor is None or (len(body) >= storage.PART and budget.is_spent()):
            break
    try:
        _put(job, place, body)
    except NotFound:
        return _anew(job)
    if place["cursor"] is None:
        _finish(actor, job, place)
    slices.progress(job, done=done, checkpoint=place)
    return place["cursor"] is not None


def _put(job: Job, place: dict[str, Any], body: bytes) -> None:
    number = len(place["tags"]) + 1
    place["tags"] = [*place["tags"], storage.put_part(job.params["key"], place["upload"], number, body)]
    place["size"] += len(body)


def _anew(job: Job) -> bool:
    """The store knows the upload no more: it was put together by a try that nobody could write down."""
    slices.progress(job, done=-job.rows_done, checkpoint={})
    return True


def _begin(job: Job) -> dict[str, Any]:
    upload = storage.begin_parts(job.params["key"], "text/csv")
    return {"upload": upload, "tags": [], "cursor": None, "size": 0}


def _query(actor: Actor, job: Job, cursor: str | None) -> Query:
    params = job.params
    tree = params["where"]
    described = allowed(actor, job.object or "", "export")
    return Query(
        where=filters.parse_json(described, tree, actor) if tree else None,
        search=params["search"],
        sort=params["sort"],
        fields=params["fields"],
        cursor=cursor,
        limit=PAGE,
        count=False,
    )


def _finish(actor: Actor, job: Job, place: dict[str, Any]) -> None:
    """The file among all files of the workspace, until it is swept away."""
    storage.finish_parts(job.params["key"], place["upload"], place["tags"])
    results.keep(actor, job, job.title, "text/csv", place["size"])
