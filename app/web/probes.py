"""Whether this process lives and whether all it needs answers."""

from flask import Response, current_app, jsonify
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.core import redis
from app.web.doors import base
from tenants.engines import engines


@base.get("/healthz")
def healthz() -> Response:
    """Alive, whatever else is down."""
    return jsonify(status="ok")


@base.get("/readyz")
def readyz() -> Response:
    """Ready to serve: 503 without the database; without Redis pages work, so that is only told."""
    database, cache = _database(), _redis()
    answer = jsonify(status="ok" if database else "unavailable", database=database, redis=cache)
    answer.status_code = 200 if database else 503
    return answer


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
