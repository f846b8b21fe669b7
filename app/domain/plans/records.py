"""Records count towards the plan: those that are live, each line of an order apart."""

from sqlalchemy import func, select

from app.domain.plans import actions
from app.domain.plans.figures import meter
from app.records import registry
from tenants.session import session


@meter("records")
def count() -> int:
    """The live records of the current tenant, in one statement."""
    counts = [
        select(func.count()).where(each.table.c.deleted_at.is_(None)).scalar_subquery()
        for each in registry.every()
    ]
    return sum(session.execute(select(*counts)).one()) if counts else 0


def check(more: int) -> None:
    """Raise LimitReached where the plan has no room for so many more."""
    actions.check("records", more)
