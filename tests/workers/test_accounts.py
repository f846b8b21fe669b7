"""What the clock does for companies as customers: usage written and measured, trials and invoices."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text

from app.core import redis
from app.core.clock import frozen
from app.domain.billing import actions, queries, trials
from app.domain.notices.models import Notice
from app.domain.plans import queries as plans
from app.domain.plans import usage
from tenants import catalogue, provisioning
from tenants.context import Tenant, current, entered
from tenants.engines import engines
from tenants.session import session, unit_of_work
from tests.cast import ANN, Workspace
from tests.domain.billing.test_days import SELLER, WHO
from workers import accounts


@pytest.fixture
def noon() -> Iterator[datetime]:
    """The clock stands at today's noon: the day does not change within the test."""
    at = datetime.now(UTC).replace(hour=12)
    with frozen(at):
        yield at


def now_is(workspace: Workspace) -> Tenant:
    catalogue.forget()
    found = catalogue.by_id(workspace.tenant.id)
    assert found
    return found


def test_what_was_counted_is_written_and_who_worked_is_measured(
    app: Flask, nordwind: Workspace, noon: datetime
) -> None:
    redis.client().flushdb()
    with entered(nordwind.tenant):
        usage.count("requests", 3)
    usage.flush()
    with app.app_context():
        accounts.write_usage()
        accounts.measure_usage()
        with unit_of_work(read_only=True):
            assert plans.written(nordwind.tenant.id, "requests", noon.date()) == 3
            assert plans.measured(nordwind.tenant.id)["members"] == 4


@pytest.mark.usefixtures("noon")
def test_who_rests_is_not_measured_again(app: Flask, nordwind: Workspace) -> None:
    def measured_at() -> object:
        with engines().control.begin() as connection:
            found = text("SELECT updated_at FROM usages WHERE kind = 'records' AND tenant_id = :id")
            return connection.scalar(found, {"id": nordwind.tenant.id})

    with app.app_context():
        accounts.measure_usage()
        first = measured_at()
        assert first is not None
        accounts.measure_usage()
        assert measured_at() == first
        with engines().control.begin() as connection:
            connection.execute(text("UPDATE usages SET updated_at = now() - interval '25 hours'"))
        accounts.measure_usage()
        assert measured_at() > first  # type: ignore[operator]


def test_the_clock_ends_trials_and_bills_those_who_pay(
    app: Flask, nordwind: Workspace, kestrel: Workspace
) -> None:
    first = datetime(2026, 3, 2, 6, tzinfo=UTC)
    with app.app_context(), entered(nordwind.tenant), unit_of_work():
        actions.keep_seller(SELLER)
        actions.keep_account(nordwind.actor(ANN), WHO)
        actions.choose(nordwind.actor(ANN), "team", first.date())
    with engines().control.begin() as connection:
        ends = text("UPDATE tenants SET state = 'trial', trial_ends_at = :at WHERE id = :id")
        connection.execute(ends, {"at": first + timedelta(days=20), "id": kestrel.tenant.id})
    catalogue.forget()
    for days in (1, 15, 20, 31):
        with frozen(first + timedelta(days=days)), app.app_context():
            accounts.bill()
            catalogue.forget()
    assert (now_is(nordwind).state, now_is(kestrel).state) == ("read_only", "read_only")
    assert now_is(kestrel).reason == "trial_ended"
    with app.app_context(), entered(kestrel.tenant), unit_of_work(read_only=True):
        assert set(session.scalars(select(Notice.kind))) == {"trial_ends", "trial_over"}
        assert len(queries.invoices(nordwind.tenant.id)) == 1


def test_one_whose_accounts_fail_holds_up_nobody(
    app: Flask, nordwind: Workspace, kestrel: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    advance = trials.advance
    seen: list[str] = []

    def fails_for_nordwind(at: datetime) -> None:
        tenant = current()
        seen.append(tenant.slug)
        if tenant.slug == "nordwind":
            raise RuntimeError("broken")
        advance(at)

    for workspace in (nordwind, kestrel):
        provisioning.set_state(workspace.tenant, "trial")
    with engines().control.begin() as connection:
        connection.execute(text("UPDATE tenants SET trial_ends_at = now() WHERE state = 'trial'"))
    catalogue.forget()
    monkeypatch.setattr(trials, "advance", fails_for_nordwind)
    with app.app_context():
        accounts.bill()
    assert sorted(seen) == ["kestrel", "nordwind"]
    assert (now_is(nordwind).state, now_is(kestrel).state) == ("trial", "read_only")
