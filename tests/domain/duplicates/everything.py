"""All rows of a tenant, to be compared before and after."""

from sqlalchemy import text

from tenants.base import TenantBase
from tenants.session import session

# What a change leaves behind by design: the log of facts, and the stamps of who changed a record last.
_LOG = {"facts", "fact_values"}
_STAMPS = ("version", "updated_at", "updated_by")


def rows() -> dict[str, list[str]]:
    """Each table's rows as sorted JSON texts, without the log of facts and without stamps."""
    names = sorted(TenantBase.metadata.tables)
    return {name: _rows(name) for name in names if name not in _LOG}


def _rows(name: str) -> list[str]:
    without = "".join(f" - '{stamp}'" for stamp in _STAMPS)
    # An identifier is written anew when its list is; which row holds it says nothing.
    without += " - 'id'" if name == "identifiers" else ""
    found = session.scalars(text(f"SELECT (to_jsonb(t){without})::text FROM {name} t")).all()
    return sorted(found)


def differing(
    before: dict[str, list[str]], after: dict[str, list[str]]
) -> dict[str, tuple[list[str], list[str]]]:
    """The rows that are only on one side, by table."""
    found = {}
    for name in before.keys() | after.keys():
        was, became = before.get(name, []), after.get(name, [])
        if was != became:
            found[name] = ([r for r in was if r not in became], [r for r in became if r not in was])
    return found
