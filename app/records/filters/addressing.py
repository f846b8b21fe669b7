"""From the tree to the address: the shortest query that `parse_params` reads as the same filter."""

from typing import Any
from urllib.parse import quote

import orjson

from app.records.filters.tree import WITHOUT_VALUE, All, Condition, Linked, Where, to_json

ALONE = "true"


def to_params(where: Where | None) -> list[tuple[str, str]]:
    """Names and values of a query that says `where`: what one parameter can say is one, the rest is JSON."""
    if where is None:
        return []
    found: list[tuple[str, str]] = []
    for part in where.parts if isinstance(where, All) else (where,):
        written = _written(part)
        taken = {name for name, _ in found}
        # A name that stands there twice would mean something else.
        free = written is not None and written[0][0] not in taken
        found += written if written is not None and free else [("where", _json(part))]
    return found


def query(params: list[tuple[str, str]]) -> str:
    """The query of an address, with the brackets of its names left as people read them."""
    return "&".join(f"{quote(name, safe='[]._')}={quote(value, safe='')}" for name, value in params)


def _written(part: Where) -> list[tuple[str, str]] | None:
    """The parameters of one condition; None where only JSON says it."""
    if isinstance(part, Linked) and part.part is None:
        return [(f"filter[{part.name}][{'none' if part.none else 'any'}]", ALONE)]
    if not isinstance(part, Condition):
        return None
    name = f"filter[{part.field}]" + ("" if part.op == "eq" else f"[{part.op}]")
    if part.op in WITHOUT_VALUE:
        return [(name, ALONE)]
    value = to_json(part)["value"]
    if part.op == "between":
        return None
    if isinstance(value, list):
        return [(name, _plain(each)) for each in value] if len(value) > 1 else None
    return [(name, _plain(value))] if value != "" else None


def _plain(value: Any) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _json(part: Where) -> str:
    return orjson.dumps(to_json(part)).decode()
