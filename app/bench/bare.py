"""The least that could answer a list: Flask and SQLAlchemy Core, without tenant, token, rights or limits.

It is what the API's own list is measured against: the same rows of the same table in the same order.
"""

import os
from typing import Any

from flask import Flask, Response, jsonify
from sqlalchemy import Text, create_engine, func, select

from app.domain.contacts.models import CONTACTS
from tenants.driver import sqlalchemy_url

URL, SCHEMA = "BARE_DATABASE_URL", "BARE_SCHEMA"
_HIDDEN = ("custom", "created_by", "updated_by", "deleted_at")


def create_app() -> Flask:
    """An application with one address, /contacts."""
    app = Flask(__name__)
    path = f"-csearch_path={os.environ[SCHEMA]},ext"
    engine = create_engine(sqlalchemy_url(os.environ[URL]), connect_args={"options": path}, pool_size=8)
    table = CONTACTS.table
    columns = [column for column in table.c if column.name not in _HIDDEN]
    key = func.ext.sort_key(table.c.name, type_=Text)
    statement = select(*columns).where(table.c.deleted_at.is_(None)).order_by(key, table.c.id).limit(50)

    @app.get("/contacts")
    def contacts() -> Response:
        with engine.connect() as connection:
            rows: list[dict[str, Any]] = [dict(row) for row in connection.execute(statement).mappings()]
        return jsonify({"data": rows, "next_cursor": None})

    return app
