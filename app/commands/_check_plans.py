"""What doctor says about plans: whether companies begin with one that is there."""

from collections.abc import Iterator

import psycopg

from app.commands._checks import Row
from app.config import Settings
from tenants.driver import psycopg_url

_PLAN = "SELECT trial_days FROM kith.plans WHERE id = %s"
_SELLER = "SELECT count(*) FROM kith.sellers"


def check(settings: Settings) -> Iterator[Row]:
    """The plan of KITH_PLAN, and whether a trial leads anywhere."""
    try:
        with psycopg.connect(psycopg_url(settings.database_url), connect_timeout=3) as link:
            plan = link.execute(_PLAN, [settings.plan]).fetchone()
            seller = link.execute(_SELLER).fetchone()
    except psycopg.Error:
        return  # the row of the database says more
    if plan is None:
        told = f"companies begin without a plan: there is none called {settings.plan}"
        yield Row("plans", "failed", told, "Set KITH_PLAN to one of ./kith plan list.")
    elif plan[0] and not (seller and seller[0]):
        told = f"{settings.plan} has a trial of {plan[0]} days, and nobody sells plans"
        yield Row("plans", "warning", told, "./kith invoice seller, or a plan without a trial.")
    else:
        yield Row("plans", "ok", f"companies begin with {settings.plan}")
