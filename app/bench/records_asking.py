"""Requests of a program and of a member of the measured company, all of it in this process."""

import io
from dataclasses import dataclass
from wsgiref.types import WSGIEnvironment

from werkzeug.test import create_environ, run_wsgi_app

from app.bench.records_ground import BASE, Office


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: bytes


def ask(office: Office, path: str, body: bytes | None = None) -> Answer:
    """The answer to a GET, or to a POST of JSON."""
    environ = create_environ(
        path,
        BASE,
        method="GET" if body is None else "POST",
        headers={"Authorization": f"Bearer {office.token}", "Content-Type": "application/json"},
        input_stream=None if body is None else io.BytesIO(body),
        content_length=None if body is None else len(body),
    )
    return _answered(office, environ)


def look(office: Office, path: str) -> Answer:
    """A page of the workspace, as the member's browser asks for it."""
    host = BASE.replace("//", f"//{office.tenant.slug}.")
    headers = {"Cookie": office.cookie, "Accept": "text/html"}
    return _answered(office, create_environ(path, host, headers=headers))


def _answered(office: Office, environ: WSGIEnvironment) -> Answer:
    pieces, status, _ = run_wsgi_app(office.app.wsgi_app, environ, buffered=True)
    return Answer(int(status[:3]), b"".join(pieces))
