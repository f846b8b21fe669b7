"""Which guarantees of isolation hold, told where databases are made and migrated."""

from collections.abc import Iterator, Sequence
from typing import Any

import psycopg
from sqlalchemy.exc import SQLAlchemyError

from tenants import provisioning, selfcheck

REMEDY = (
    "This server gives us no superuser, so it keeps open what is named above. Schemas, rows and roles are"
    " kept apart all the same; docs/decisions/0012-closed-schemas.md says what follows."
)


def of_cells(cells: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """What attacking each cell showed; a cell without tenants gets the two spares that it takes."""
    return {cell: [_document(each) for each in _check(cell)] for cell in cells}


def lines(found: dict[str, list[dict[str, Any]]]) -> Iterator[str]:
    """One line a cell, and what is not held."""
    is_open = False
    for cell, guarantees in found.items():
        broken = [each for each in guarantees if not each["holds"]]
        held = len(guarantees) - len(broken)
        if guarantees:
            yield f"{cell}: {held} of {len(guarantees)} guarantees of isolation hold"
        for each in broken:
            yield f"  not held: {each['name']} ({len(each['broken'])} statements get through)"
        is_open = is_open or bool(broken)
    if is_open:
        yield REMEDY


def _check(cell: str) -> list[selfcheck.Guarantee]:
    try:
        return selfcheck.check(cell)
    except selfcheck.NothingToProbe:
        pass
    except (psycopg.Error, SQLAlchemyError):
        return []
    try:
        provisioning.ensure_spares(2)
        return selfcheck.check(cell)
    except (psycopg.Error, SQLAlchemyError, selfcheck.NothingToProbe):
        return []


def _document(found: selfcheck.Guarantee) -> dict[str, Any]:
    return {
        "name": found.name,
        "holds": found.holds,
        "broken": list(found.broken),
        "by_driver": list(found.by_driver),
    }
