"""Jobs that tests run: their effects are rows of the tenant's settings, counted so that doubles show."""

import os
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text

from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import Invalid
from app.core.queue import Again
from app.domain.jobs.models import Job
from app.domain.jobs.slices import Budget, progress
from tenants.context import current
from tenants.session import session
from workers.person import person_job
from workers.registry import job

_COUNT = text(
    "INSERT INTO settings (key, value) VALUES (:key, '1')"
    " ON CONFLICT (key) DO UPDATE SET value = to_jsonb((settings.value #>> '{}')::int + 1)"
)
seen: list[str] = []


def count(key: str) -> None:
    session.execute(_COUNT, {"key": key})


@job("test.effect")
def effect(payload: dict[str, Any]) -> None:
    """Counts its key; may take some time first."""
    seen.append(current().slug)
    count(payload["key"])
    time.sleep(payload.get("seconds", 0))


@job("test.fail", attempts=3)
def fail(payload: dict[str, Any]) -> None:
    count(payload["key"])
    raise RuntimeError("no luck")


@job("test.refuse")
def refuse(payload: dict[str, Any]) -> None:
    raise Invalid.one("name", "blank", "There is no name.")


@job("test.slices")
def slices(payload: dict[str, Any]) -> Again | None:
    """Counts one more each slice, three in all; the checkpoint is the count itself."""
    count(payload["key"])
    reached = session.scalar(
        text("SELECT (value #>> '{}')::int FROM settings WHERE key = :key"), {"key": payload["key"]}
    )
    return Again(timedelta(seconds=payload.get("delay", 0))) if reached < payload["slices"] else None


@job("test.late")
def late(payload: dict[str, Any]) -> None:
    """Writes how many seconds after its due time it ran."""
    session.execute(
        text("INSERT INTO settings (key, value) VALUES (:key, to_jsonb(CAST(:at AS float)))"),
        {"key": payload["key"], "at": now().timestamp() - payload["due"]},
    )


@job("test.die")
def die(payload: dict[str, Any]) -> None:
    """Kills its process the first time it runs, leaving a file as the mark."""
    count(payload["key"])
    mark = Path(payload["mark"])
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), 9)


@job("test.control", scope="control")
def control(payload: dict[str, Any]) -> None:
    seen.append("control")


@person_job("test.person")
def person(actor: Actor, present: Job, budget: Budget) -> bool:
    """One row a slice, by the rights of `actor`; fails at the row that `params` names."""
    row = present.rows_done + 1
    seen.append(actor.role)
    if row == present.params.get("refuse_at"):
        raise Invalid.one("file", "broken", "The file ends too early.")
    if row == present.params.get("fail_at") and not seen.count("mended"):
        raise RuntimeError("no luck")
    count(f"effect-{row}")
    progress(present, done=1, total=present.params["rows"], counts={"created": 1})
    return bool(row < present.params["rows"])
