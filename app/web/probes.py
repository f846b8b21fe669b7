"""Whether this process lives and whether all it needs answers."""

import threading
from urllib.parse import urlsplit

import psycopg
from flask import Response, current_app, jsonify, request
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError

from app.core import redis
from app.core.errors import NotFound
from app.ui.marks import always
from app.web.doors import base
from tenants import selfcheck, slugs
from tenants.catalogue import by_slug
from tenants.engines import engines
from tenants.models import Cell

PORTAL = "-portal"
_checked: dict[str, bool] = {}
_checking = threading.Lock()


@base.get("/healthz")
@always
def healthz() -> Response:
    """Alive, whatever else is down."""
    return jsonify(status="ok")


@base.get("/certifiable")
@always
def certifiable() -> Response:
    """Whether the proxy may fetch a certificate for `?domain=`: 200 for hosts in use, 404 for all others."""
    if not _is_in_use(request.args.get("domain", "").lower()):
        raise NotFound
    return jsonify(status="ok")


def _is_in_use(host: str) -> bool:
    ours = urlsplit(current_app.extensions["kith"].base_url).hostname or ""
    slug = host.removesuffix(f".{ours}").removesuffix(PORTAL)
    if host in {ours, f"files.{ours}"}:
        return True
    return host.endswith(f".{ours}") and slugs.fault(slug) is None and by_slug(slug) is not None


@base.get("/readyz")
@always
def readyz() -> Response:
    """Ready to serve: 503 without the database; without Redis pages work, so that is only told."""
    database, cache = _database(), _redis()
    told = {"database": database, "redis": cache, "guarantees": _guarantees() if database else {}}
    answer = jsonify(status="ok" if database else "unavailable", **told)
    answer.status_code = 200 if database else 503
    return answer


def _guarantees() -> dict[str, bool]:
    """Which promises of isolation hold on this server; attacked once in each process."""
    with _checking:
        if not _checked:
            with engines().control.begin() as connection:
                cells = connection.scalars(select(Cell.id).where(Cell.state == "open")).all()
            for cell in cells:
                for each in _check(cell):
                    _checked[each.name] = each.holds and _checked.get(each.name, True)
        return dict(_checked)


def _check(cell: str) -> list[selfcheck.Guarantee]:
    try:
        return selfcheck.check(cell)
    except (selfcheck.NothingToProbe, psycopg.OperationalError):
        return []


def _database() -> bool:
    try:
        with engines().control.begin() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        current_app.logger.warning("the control database does not answer: %s", type(error).__name__)
        return False
    return True


def _redis() -> bool:
    try:
        return bool(redis.attempt("ping"))
    except redis.Away:
        return False
