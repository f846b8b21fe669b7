"""What the database should know after much has changed at once."""

from sqlalchemy import text

from app.records import registry
from tenants.session import session


def analyse(object_name: str) -> None:
    """Count afresh what the planner of queries goes by; call it at the end of a large import.

    PostgreSQL does so by itself, but up to a minute later, and lists are slow until then. A table that it is
    at just now is left to it: waiting would undo what the caller stored.
    """
    table = registry.get(object_name).base.name
    session.execute(text(f"ANALYZE (SKIP_LOCKED) {table}, search, identifiers"))
