"""Looking changes nothing: every page is read and no row anywhere differs."""

from typing import Any

import psycopg
import pytest
from flask import Flask

from app.config import Settings
from tenants.driver import psycopg_url
from tests.cast import Workspace
from tests.visitor import BASE, Visitor
from tests.web.test_proof import _path

# Of thousands of tables few hold anything: what no row was ever written to has no page.
WRITTEN = """
SELECT format('%I.%I', nspname, relname) FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
 WHERE relkind = 'r' AND nspname !~ '^(pg_|information_schema$)' AND pg_relation_size(pg_class.oid) > 0
 ORDER BY 1
"""


def rows(url: str) -> dict[str, Any]:
    """A fingerprint of every table of a database that holds anything.

    One that was emptied counts for nothing: at any moment the pages it still has may be let go of.
    """
    with psycopg.connect(url, autocommit=True) as owner:
        tables = owner.execute(WRITTEN).fetchall()
        found = {}
        for (table,) in tables:
            query = f"SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)), 0) FROM {table} t"
            count, told = owner.execute(query).fetchone() or (0, 0)
            if count:
                found[table] = count, told
        return found


@pytest.mark.long
def test_reading_every_page_writes_nothing(
    app: Flask, ann: Visitor, nordwind: Workspace, settings: Settings
) -> None:
    control = psycopg_url(settings.database_url)
    cell = control.rsplit("/", 1)[0] + "/" + _cell(control)
    before = rows(control), rows(cell)
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or set()) and not rule.endpoint.endswith("assets"):
            host = ann.host if rule.endpoint.startswith("workspace.") else BASE
            answer = ann.get(f"{host}{_path(app, rule, 'GET')}")
            assert answer.status_code < 500, (rule, answer.status_code)
    assert (rows(control), rows(cell)) == before


def _cell(control: str) -> str:
    return control.rsplit("/", 1)[1] + "_cell_1"
