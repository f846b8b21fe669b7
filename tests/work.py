"""Working off staged jobs within a test, without Redis and without waiting."""

from flask import Flask

import workers.jobs  # noqa: F401 - registers the jobs
from app.core.outbox import CONTROL_TABLE, TENANT_TABLE
from tenants.driver import psycopg_url
from tenants.engines import engines
from tenants.runner import cell_ids
from tests import schemas
from workers.claims import Connection, Outbox
from workers.envelope import Envelope
from workers.execution import execute
from workers.fairness import shares


def work_off(app: Flask, most: int = 1000) -> int:
    """Do all jobs that are due, also those they stage, of all tenants and the control database; how many."""
    done = 0
    for url, table in places():
        connection = schemas.link(url)
        while done < most and (sent := claim(connection, table)):
            for envelope in sent:
                execute(app, envelope)
            done += len(sent)
    return done


def claim(connection: Connection, table: str = TENANT_TABLE) -> list[Envelope]:
    """Mark what is due as sent, as the relay does, and return it."""
    outbox = Outbox(connection, table)
    wanted = shares(outbox.lanes(), outbox.in_flight())
    claimed = outbox.claim(wanted) if wanted else []
    return [Envelope(job, "tenant" if tenant else "control", tenant) for job, tenant, _ in claimed]


def places() -> list[tuple[str, str]]:
    """URL (as owner) and table of every outbox."""
    here = engines()
    cells = [(psycopg_url(here.cell_url(cell)), TENANT_TABLE) for cell in cell_ids(here)]
    return [*cells, (psycopg_url(here.control_url), CONTROL_TABLE)]
