"""Whether this process lives and whether all it needs answers."""

from flask import Response, jsonify

from app.web.doors import base


@base.get("/healthz")
def healthz() -> Response:
    """Alive, whatever else is down."""
    return jsonify(status="ok")
