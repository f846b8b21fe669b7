"""What strangers and slips send, and a look at everything that must be as it was afterwards."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import text

from tenants.context import entered
from tenants.session import session, unit_of_work
from tests.cast import Workspace

HUGE = "x" * 10_000_000
DEEP = 200
TABLES = (
    *("companies", "contacts", "deals", "facts", "fact_values", "identifiers", "search", "links", "jobs"),
    *("object_types", "fields", "settings", "records"),
)  # fmt: skip

# Forms whose bytes are no UTF-8, and the input that the answer names.
PARTS = "multipart/form-data; boundary=here"
URLENCODED = "application/x-www-form-urlencoded"
NOT_UTF8: dict[str, tuple[str, bytes, str]] = {
    "escaped byte": (URLENCODED, b"name=Aare&city=a%FFb", "city"),
    "bare byte": (URLENCODED, b"name=Aare&city=a\xffb", "city"),
    "escaped half of a character": (URLENCODED, b"city=%ED%A0%80&name=Aare", "city"),
    "name of an input": (URLENCODED, b"name=Aare&ci%FFty=x", "ci\N{REPLACEMENT CHARACTER}ty"),
    "part of a form": (
        PARTS,
        b"--here\r\nContent-Disposition: form-data; name=name\r\n\r\nAare\r\n"
        b"--here\r\nContent-Disposition: form-data; name=city\r\n\r\na\xffb\r\n--here--\r\n",
        "city",
    ),
    "name of a part": (
        PARTS,
        b"--here\r\nContent-Disposition: form-data; name=name\r\n\r\nAare\r\n"
        b"--here\r\nContent-Disposition: form-data; name=ci\xffty\r\n\r\nab\r\n--here--\r\n",
        "",
    ),
}  # fmt: skip

Look = Callable[[], dict[str, Any]]


def look_at(app: Flask, workspace: Workspace) -> Look:
    """A look at the company's records, its history and its model: two that are the same saw no change."""

    def looked() -> dict[str, Any]:
        with app.app_context(), entered(workspace.tenant), unit_of_work():
            rows = "SELECT count(*), md5(coalesce(string_agg(t::text, ',' ORDER BY t::text), '')) FROM {} t"
            return {name: tuple(session.execute(text(rows.format(name))).one()) for name in TABLES}

    return looked


def nested(depth: int = DEEP) -> dict[str, Any]:
    """A filter in so many nots."""
    tree: dict[str, Any] = {"field": "name", "op": "eq", "value": "x"}
    for _ in range(depth):
        tree = {"not": tree}
    return tree
