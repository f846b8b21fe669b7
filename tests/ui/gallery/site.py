"""A small site that shows the components under the product's own headers, without a database."""

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask import Flask, Response, abort, jsonify, render_template, request
from flask_babel import Babel, gettext
from jinja2 import ChoiceLoader, FileSystemLoader

from app import config
from app.config import ROOT
from app.ui import cells, components, headers
from app.ui.formats import Formats
from tests.ui.gallery import data
from tests.ui.gallery.filtering import BUILDER

PAGES = ("components", "customer", "table", "today", "signup", "landing", "error", "empty")
NOW = datetime(2026, 11, 21, 9, 12, tzinfo=UTC)

ENVIRON = {
    "KITH_BASE_URL": "http://localhost:8000",
    "KITH_DATABASE_URL": "postgresql://nobody@localhost/none",
    "KITH_REDIS_URL": "redis://localhost/0",
    "KITH_SECRET_KEYS": "for-the-gallery-only-for-the-gallery-only",
}


def make() -> Flask:
    """The gallery at `/<page>?lang=de&theme=dark&density=compact`."""
    app = Flask("app", root_path=str(ROOT / "app"), static_folder=None)
    here = ROOT / "tests/ui/gallery/templates"
    app.jinja_loader = ChoiceLoader([FileSystemLoader(here), FileSystemLoader(ROOT / "app/templates")])
    Babel(
        app,
        default_translation_directories=str(ROOT / "app/translations"),
        locale_selector=lambda: request.args.get("lang", "en"),
    )
    app.jinja_env.globals["csrf_token"] = lambda: "token"
    components.register(app)
    headers.register(app, config.load(ENVIRON))
    app.add_url_rule("/<page>", "show", show)
    app.add_url_rule("/find", "find", find)
    app.add_url_rule("/slug", "slug", slug)
    app.add_url_rule("/preferences", "preferences", lambda: jsonify({}), methods=["POST"])
    app.add_url_rule("/companies/<key>/fields/<field>", "field", field, methods=["GET", "PATCH"])
    app.add_url_rule("/choices", "choices", choices)
    app.add_url_rule("/options/<target>", "options", lambda target: choices())
    app.add_url_rule("/dialog", "dialog", lambda: render_template("gallery/dialog.html"))
    return app


def show(page: str) -> str:
    if page not in PAGES:
        abort(404)
    formats = Formats(request.args.get("lang", "en"), ZoneInfo("Europe/Berlin"), NOW)
    return render_template(
        f"gallery/{page}.html",
        **({} if page in ("signup", "landing", "error") else {"shell": data.shell(page, request.args)}),
        formats=formats,
        cells=cells,
        today=formats.today,
        data=data.Sample(formats),
        builder=BUILDER | {"tree": json.loads(request.args.get("tree", "null"))},
    )


def find() -> str:
    words = request.args.get("q", "").lower()
    hits = [hit for hit in data.FOUND if words in hit[0].lower()]
    return render_template("gallery/find.html", groups=[(gettext("Records"), hits)])


def choices() -> Response:
    words = request.args.get("q", "").lower()
    return jsonify(
        [{"value": n, "label": n} for n in ("Ann Berg", "Bob Lang", "Rita Vogel") if words in n.lower()]
    )


def slug() -> Response:
    free = request.args["slug"] != "nordwind"
    return jsonify({"free": free, "message": "That address is free." if free else "That address is taken."})


def field(key: str, field: str) -> tuple[Response, int] | str:
    if request.method == "GET":
        return '<select><option value="DE">Germany</option><option value="AT">Austria</option></select>'
    value = request.form["value"]
    if value == "refuse":
        return jsonify({"message": "Rita changed this meanwhile."}), 409
    return jsonify({"html": str(cells.text(value)), "value": value, "version": 4}), 200
