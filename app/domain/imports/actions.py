"""What people do with imports: bring a file, change the plan, look what it would do, start."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import fields, replace
from typing import IO, Any
from uuid import UUID

from app.core import storage
from app.core.actor import Actor
from app.core.errors import Conflict, Invalid
from app.core.permissions import require
from app.core.queue import enqueue
from app.core.text import N_
from app.domain.duplicates.objects import is_compared
from app.domain.files.erasing import forget
from app.domain.files.models import File
from app.domain.imports import mappings, room
from app.domain.imports.checking import Checker
from app.domain.imports.inspecting import Inspection, inspect, settle_formats
from app.domain.imports.queries import KIND, one, plan_of, problems, source_of
from app.domain.imports.rules.encoding import Utf8Check
from app.domain.imports.rules.limits import check_rows, check_size
from app.domain.imports.rules.occurrences import Occurrences
from app.domain.imports.rules.plan import Column, Doubtful, Plan, plan_from_json
from app.domain.imports.rules.profile import profile
from app.domain.imports.source import Source
from app.domain.imports.storing import Storer
from app.domain.jobs import actions as jobs
from app.domain.jobs.models import Job
from app.domain.members import queries as members
from app.domain.members.sessions import actor_of
from app.records import habits, registry
from app.records.rights import allowed
from tenants.session import session

CHECK_JOB = "imports.check"
# Up to here the dry run is done at once, so that the page shows it when it opens.
AT_ONCE = 500
# Where rows are compared with records, which takes some milliseconds each, up to here.
COMPARED_AT_ONCE = 100
# Rows of larger files (bytes) are compared only where somebody says so.
COMPARED = 256 * 1024
# Small files overtake large ones.
QUICK = 5_000
_PIECE = 1 << 20
_NAME_LENGTH = 200


def upload(
    actor: Actor,
    object_name: str,
    name: str,
    body: IO[bytes],
    *,
    thorough: bool = False,
    doubtful: Doubtful = "create",
) -> Job:
    """A draft of an import of the file `body`, with a plan as good as can be guessed.

    `body` can be read twice. `thorough` reads all rows of a large file now and leaves the dry run out, for
    programs. What is `doubtful` is handled so in a file that is not large, unless the plan is changed.
    Raises Invalid for what is no table or too large.
    """
    require(actor, "imports:run")
    allowed(actor, object_name, "write")
    source = _received(body, name)
    storage.put(source.key, body, "text/csv")
    try:
        return _drafted(actor, object_name, source, thorough, doubtful)
    except Exception:
        storage.delete(source.key)  # no row will name it
        raise


def _received(body: IO[bytes], name: str) -> Source:
    """Size, hash and encoding of the bytes, which are then at their start again."""
    digest, utf8, size = hashlib.sha256(), Utf8Check(), 0
    while piece := body.read(_PIECE):
        size += len(piece)
        check_size(size)
        digest.update(piece)
        utf8.feed(piece)
    check_size(size)
    body.seek(0)
    short = name.replace("\\", "/").rpartition("/")[2][-_NAME_LENGTH:]
    clean = "".join(letter for letter in short if letter.isprintable()) or "import.csv"
    return Source(storage.new_key(), clean, size, digest.hexdigest(), utf8.valid)


def _drafted(actor: Actor, object_name: str, source: Source, thorough: bool, doubtful: Doubtful) -> Job:
    found = inspect(source, object_name, habits.of(actor), thorough=thorough)
    plan, is_recalled = mappings.apply(found.plan)
    if source.size <= COMPARED and is_compared(registry.get(object_name)):
        plan = replace(plan, doubtful=doubtful)
    job = jobs.draft(actor, KIND, source.name, object=object_name)
    job.file_id = _filed(actor, source)
    job.params = {
        "file": source.as_json(),
        "recalled": is_recalled,
        "revision": 0,
        "unattended": thorough,
    }
    _take(job, plan, found)
    ask_for_check(actor, job)
    return job


def _filed(actor: Actor, source: Source) -> UUID:
    """The file among all files of the workspace."""
    file = File(
        object="imports",
        name=source.name,
        storage_key=source.key,
        declared_type="text/csv",
        sniffed_type="text/csv",
        size=source.size,
        sha256=source.sha256,
        state="ready",
        created_by=actor.member_id,
    )
    session.add(file)
    session.flush()
    return file.id


def _take(job: Job, plan: Plan, found: Inspection) -> None:
    job.params = {**job.params, "plan": plan.as_json(), "seen": found.as_json()}
    job.rows_total = found.rows
    session.flush()


def read_anew(
    actor: Actor, job_id: UUID, *, encoding: str | None, delimiter: str | None, header: bool | None
) -> Job:
    """Read the file in another way, with a fresh plan for the columns that it then has."""
    job = _open_draft(actor, job_id)
    found = inspect(
        source_of(job),
        job.object or "",
        habits.of(actor),
        encoding=encoding,
        delimiter=delimiter,
        header=header,
    )
    _take(job, replace(mappings.apply(found.plan)[0], doubtful=plan_of(job).doubtful), found)
    ask_for_check(actor, job)
    return job


def replan(actor: Actor, job_id: UUID, changed: Plan) -> Job:
    """Replace the plan: other targets, keys, modes; the file is read as before."""
    job = _open_draft(actor, job_id)
    present = plan_of(job)
    if [column.name for column in changed.columns] != [column.name for column in present.columns]:
        raise Conflict(N_("The file was read in another way meanwhile. Load the page again."))
    kept = replace(changed, object=present.object, format=present.format, is_mended=present.is_mended)
    if kept != present:
        job.params = {**job.params, "plan": kept.as_json()}
        ask_for_check(actor, job)
    return job


def map_as(actor: Actor, job_id: UUID, wanted: Mapping[str, Any]) -> Job:
    """Lay a mapping from outside over the plan: `columns` by name, `mode`, `match`, and the other choices."""
    job = _open_draft(actor, job_id)
    present = plan_of(job).as_json()
    _refuse_unknown(wanted, ("columns", *_CHOICES))
    given = wanted.get("columns") or {}
    if not isinstance(given, Mapping):
        raise Invalid.one("columns", "type", N_("Give the columns by name."))
    unknown = set(given) - {column["name"] for column in present["columns"]}
    if unknown:
        raise Invalid.one(
            "columns", "unknown", N_("The file has no column %(name)s."), name=sorted(unknown)[0]
        )
    columns = [{**column, **_column(given, column["name"])} for column in present["columns"]]
    plan = {**present, **{key: wanted[key] for key in _CHOICES if key in wanted}, "columns": columns}
    return replan(actor, job_id, plan_from_json(plan))


_CHOICES = ("mode", "match", "doubtful", "clear_word", "is_quiet")
_OF_A_COLUMN = frozenset(field.name for field in fields(Column)) - {"name"}


def _column(given: Mapping[str, Any], name: str) -> dict[str, Any]:
    """What is given for a column: a target in one word, or an object."""
    if name not in given:
        return {}
    value = given[name]
    if not isinstance(value, Mapping):
        return {"target": value or ""}
    _refuse_unknown(value, _OF_A_COLUMN)
    return dict(value)


def _refuse_unknown(given: Mapping[str, Any], known: Collection[str]) -> None:
    """A slip in a key is told, not passed over."""
    for key in given:
        if key not in known:
            raise Invalid.one(
                "columns", "unknown", N_("“%(value)s” is not a choice here."), value=str(key)[:40]
            )


def ask_for_check(actor: Actor, job: Job) -> None:
    """Have a dry run made of the plan as it is now; an older one counts no more."""
    revision = job.params["revision"] + 1
    job.params = {**job.params, "revision": revision}
    at_once = AT_ONCE if plan_of(job).doubtful == "create" else COMPARED_AT_ONCE
    is_small = job.rows_total is not None and job.rows_total <= at_once
    job.result = {"check": {"state": "wrong" if problems(plan_of(job)) else "waiting"}}
    session.flush()
    if job.result["check"]["state"] == "wrong" or job.params["unattended"]:
        return
    if is_small:
        _check(actor, job)
    else:
        payload = {"job_id": str(job.id), "revision": revision}
        enqueue(CHECK_JOB, payload, queue="bulk", key=f"{CHECK_JOB}:{job.id}")


def check(job_id: UUID, revision: int) -> None:
    """The dry run that was asked for; nothing where the plan has changed since."""
    job = session.get(Job, job_id)
    if job is None or job.state != "draft" or job.started_by is None or job.params["revision"] != revision:
        return
    _check(actor_of(members.get(job.started_by), door="import"), job)


def _check(actor: Actor, job: Job) -> None:
    """Read all rows for what only all of them tell, then try each of them."""
    plan, source = plan_of(job), source_of(job)
    if job.rows_total is None:
        looked = profile(source.rows(plan), len(plan.columns))
        check_rows(looked.rows)
        plan = settle_formats(plan, looked)
        job.rows_total = looked.rows
        job.params = {**job.params, "plan": plan.as_json()}
    occurrences = Occurrences(plan)
    checker = Checker(Storer(actor, plan, None, job.title, occurrences.count))
    tally = checker.check(source.rows(plan))
    job.result = {"check": {"state": "done", **tally.as_json()}}
    session.flush()


def start(actor: Actor, job_id: UUID) -> Job:
    """Let the worker run the import, and keep its mapping for the next file like it."""
    job = _open_draft(actor, job_id)
    plan = plan_of(job)
    wrong = [*problems(plan), *filter(None, [room.problem(job.result)])]
    if wrong:
        raise Invalid(wrong)
    mappings.keep(actor, plan)
    job.result = {}
    session.flush()
    is_quick = job.rows_total is not None and job.rows_total <= QUICK
    return jobs.begin(job, "fast" if is_quick else "bulk")


def discard(actor: Actor, job_id: UUID) -> None:
    """Forget a draft and its file."""
    job = _open_draft(actor, job_id)
    file = session.get(File, job.file_id) if job.file_id else None
    jobs.discard(actor, job.id)
    session.flush()
    forget([file] if file else [])


def _open_draft(actor: Actor, job_id: UUID) -> Job:
    require(actor, "imports:run")
    job = one(actor, job_id)
    allowed(actor, job.object or "", "write")
    if job.state != "draft":
        raise Conflict(N_("This import was started already."))
    return job
