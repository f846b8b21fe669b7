"""Requests of a program of the measured company, within this process and through the whole application."""

import io
from dataclasses import dataclass

from werkzeug.test import create_environ, run_wsgi_app

from app.bench.records_ground import Office


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: bytes


def ask(office: Office, path: str, body: bytes | None = None) -> Answer:
    """The answer to a GET, or to a POST of JSON."""
    environ = create_environ(
        path,
        "http://localhost:8000",
        method="GET" if body is None else "POST",
        headers={"Authorization": f"Bearer {office.token}", "Content-Type": "application/json"},
        input_stream=None if body is None else io.BytesIO(body),
        content_length=None if body is None else len(body),
    )
    pieces, status, _ = run_wsgi_app(office.app.wsgi_app, environ, buffered=True)
    return Answer(int(status[:3]), b"".join(pieces))
