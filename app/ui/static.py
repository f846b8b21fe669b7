"""Addresses of the built browser files, and the route that serves them where no front server does."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from time import monotonic

from flask import Flask, Response, abort, send_from_directory
from markupsafe import Markup

STATIC = Path(__file__).resolve().parents[1] / "static"
DIST = STATIC / "dist"
MANIFEST = DIST / "manifest.json"
LOOK_SECONDS = 1.0
FOREVER = 365 * 24 * 3600
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2"}


class NotBuilt(RuntimeError):
    """The browser files were never built, or were removed."""


@dataclass(frozen=True)
class Revision:
    """One build: `name` is the hash of all that went in, `files` are paths inside `folder`."""

    name: str
    folder: Path
    files: tuple[str, ...]


@dataclass
class _Known:
    """The build last read, when its manifest was written, and when that was last looked at."""

    revision: Revision
    written: int
    looked: float


_known: _Known | None = None


def revision(manifest: Path = MANIFEST) -> Revision:
    """The build that pages refer to; a new one is noticed within a second; NotBuilt without one."""
    global _known
    now = monotonic()
    if _known is not None and now - _known.looked < LOOK_SECONDS:
        return _known.revision
    try:
        written = manifest.stat().st_mtime_ns
    except FileNotFoundError:
        raise NotBuilt("The browser files are missing: run ./kith up, which builds them.") from None
    if _known is None or _known.written != written:
        _known = _Known(read(manifest), written, now)
    _known.looked = now
    return _known.revision


def read(manifest: Path) -> Revision:
    """The build a manifest describes."""
    held = json.loads(manifest.read_text("utf-8"))
    return Revision(held["revision"], manifest.parent / held["revision"], tuple(held["files"]))


def static_url(name: str) -> str:
    """The address of a built file on whatever host the page has, for example `/static/3f2a.../app.css`."""
    return f"/static/{revision().name}/{name}"


def module_links() -> Markup:
    """The links that preload all ES modules."""
    return _links(revision())


@lru_cache(maxsize=4)
def _links(build: Revision) -> Markup:
    names = [name for name in build.files if name.endswith(".js")]
    link = Markup('<link rel="modulepreload" href="/static/{}/{}">')
    return Markup("\n").join(link.format(build.name, name) for name in names)


def register(app: Flask) -> None:
    """Serves built files on every host of the app and gives templates `static_url` and `modules`."""
    app.add_url_rule("/static/<rev>/<path:name>", "assets", _serve)
    if app.subdomain_matching:
        app.add_url_rule("/static/<rev>/<path:name>", "workspace_assets", _serve, subdomain="<host_label>")
    app.jinja_env.globals.update(static_url=static_url, module_links=module_links)


def _serve(rev: str, name: str, **_host: str) -> Response:
    suffix = Path(name).suffix
    if suffix not in TYPES or not rev.isalnum():
        abort(404)
    answer = send_from_directory(DIST / rev, name, mimetype=TYPES[suffix], max_age=FOREVER)
    answer.headers["Cache-Control"] = f"public, max-age={FOREVER}, immutable"
    return answer
