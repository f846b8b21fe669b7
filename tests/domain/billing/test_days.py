"""A company that pays, or does not, from day to day: what goes out, and what becomes of its workspace."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.clock import frozen
from app.core.errors import Conflict, Invalid, NotAllowed
from app.core.tables import ControlOutboxRow
from app.domain.billing import actions, queries, trials
from app.domain.billing.models import Invoice
from app.domain.billing.provider import Settled
from app.domain.notices.models import Notice
from app.domain.plans import actions as plans
from tenants import catalogue, provisioning
from tenants.context import Tenant, entered
from tenants.session import session, unit_of_work
from tests.cast import ANN, BOB, Workspace

FIRST = date(2026, 3, 2)
WHO = {
    "company": "Nordwind GmbH", "address": "Hafen 1\n20457 Hamburg", "country": "DE",
    "vat_id": "DE123456789", "email": "rechnung@nordwind.example",
}  # fmt: skip
SELLER = {
    "name": "Kith GmbH", "address": "Weg 2, Berlin", "country": "DE", "vat_id": "DE999999999",
    "vat_permille": 190, "payment": "IBAN DE00 0000", "email": "money@kith.example",
}  # fmt: skip
Act = Callable[[Callable[[], object]], None]


@pytest.fixture
def act(app: Flask, nordwind: Workspace) -> Act:
    """act(verb): does it within Nordwind and commits."""

    def do(verb: Callable[[], object]) -> None:
        catalogue.forget()
        present = catalogue.by_id(nordwind.tenant.id)
        with app.app_context(), entered(present), unit_of_work():
            verb()

    do(lambda: actions.keep_seller(SELLER))
    return do


@pytest.fixture
def paying(act: Act, nordwind: Workspace) -> Act:
    """Nordwind has chosen Team on the first day."""
    ann = nordwind.actor(ANN)
    act(lambda: actions.keep_account(ann, WHO))
    act(lambda: actions.choose(ann, "team", FIRST))
    return act


def now_is(workspace: Workspace) -> Tenant:
    catalogue.forget()
    found = catalogue.by_id(workspace.tenant.id)
    assert found
    return found


def on(act: Act, days: int) -> None:
    today = FIRST + timedelta(days=days)
    with frozen(datetime.combine(today, time(6), UTC)):
        act(lambda: actions.advance(today))


def invoices(act: Act) -> list[Invoice]:
    found: list[Invoice] = []
    act(lambda: found.extend(queries.invoices(only_open=False)))
    return found[::-1]


def pay(act: Act) -> None:
    """Everything that is open."""
    for each in invoices(act):
        act(partial(actions.settle, Settled(each.number, "paid", datetime.now(UTC)), FIRST))


def mails(act: Act) -> list[str]:
    found: list[str] = []
    rows = select(ControlOutboxRow.payload["template"].astext, ControlOutboxRow.payload["to"].astext)
    act(
        lambda: found.extend(
            f"{row[0]} {row[1]}" for row in session.execute(rows.order_by(ControlOutboxRow.created_at))
        )
    )
    return found


def test_choosing_a_plan_writes_and_mails_an_invoice(paying: Act, nordwind: Workspace) -> None:
    written = invoices(paying)[0]
    assert (written.amount_minor, written.document["net"], written.document["tax"]) == (11781, 9900, 1881)
    assert (written.period_begin, written.period_end) == (FIRST, date(2026, 4, 1))
    assert written.due_on == date(2026, 3, 16)
    assert mails(paying) == ["mail/invoice rechnung@nordwind.example"]
    present = now_is(nordwind)
    assert (present.plan, present.state, present.limits["members"]) == ("team", "active", 25)


def test_an_unpaid_company_goes_the_whole_way_and_comes_back(paying: Act, nordwind: Workspace) -> None:
    number = invoices(paying)[0].number
    seen = []
    for days in (1, 14, 15, 17, 18, 27, 28, 29):
        on(paying, days)
        seen.append((days, now_is(nordwind).state))
    assert seen == [
        (1, "active"), (14, "active"), (15, "past_due"), (17, "past_due"), (18, "past_due"),
        (27, "past_due"), (28, "read_only"), (29, "read_only"),
    ]  # fmt: skip
    assert now_is(nordwind).reason == f"unpaid:{number}"
    assert [each.partition(" ")[0] for each in mails(paying)] == ["mail/invoice", "mail/invoice_reminder"]
    paid_at = datetime(2026, 4, 1, 9, tzinfo=UTC)
    paying(lambda: actions.settle(Settled(number, "paid", paid_at), date(2026, 4, 1)))
    assert (now_is(nordwind).state, now_is(nordwind).reason) == ("active", "")


def test_each_month_is_charged_once(paying: Act) -> None:
    pay(paying)
    for days in (0, 1, 30, 31, 31, 32):
        on(paying, days)
    assert [each.period_begin for each in invoices(paying)] == [FIRST, date(2026, 4, 2)]


def test_numbers_have_no_gap(paying: Act, nordwind: Workspace) -> None:
    def fails() -> None:
        actions.advance(FIRST + timedelta(days=31))
        raise RuntimeError("broken in the middle")

    pay(paying)
    with pytest.raises(RuntimeError):
        paying(fails)
    on(paying, 31)
    first, second = (int(each.number.partition("-")[2]) for each in invoices(paying))
    assert second == first + 1


def test_a_dearer_plan_holds_at_once_and_a_cheaper_one_later(paying: Act, nordwind: Workspace) -> None:
    ann = nordwind.actor(ANN)
    paying(lambda: actions.choose(ann, "business", date(2026, 3, 17)))
    assert now_is(nordwind).plan == "business"
    assert [each.document["net"] for each in invoices(paying)] == [9900, 20000 * 16 // 31]
    paying(lambda: actions.choose(ann, "start", date(2026, 3, 18)))
    assert now_is(nordwind).plan == "business"
    pay(paying)
    on(paying, 31)
    assert now_is(nordwind).plan == "start"
    assert invoices(paying)[-1].document["net"] == 2900


def test_an_ended_plan_leaves_everything_readable(paying: Act, nordwind: Workspace) -> None:
    ann = nordwind.actor(ANN)
    pay(paying)
    paying(lambda: actions.cancel(ann, date(2026, 3, 10)))
    on(paying, 30)
    assert now_is(nordwind).state == "active"
    on(paying, 31)
    assert (now_is(nordwind).state, now_is(nordwind).reason) == ("read_only", "plan_ended")
    assert len(invoices(paying)) == 1
    paying(lambda: actions.choose(ann, "start", date(2026, 5, 1)))
    assert (now_is(nordwind).state, now_is(nordwind).plan) == ("active", "start")


def test_settling_again_changes_nothing(paying: Act) -> None:
    number, at = invoices(paying)[0].number, datetime(2026, 3, 5, tzinfo=UTC)
    for _ in range(2):
        paying(lambda: actions.settle(Settled(number, "paid", at), FIRST))
    with pytest.raises(Conflict):
        paying(lambda: actions.settle(Settled(number, "void", at), FIRST))
    assert [each.state for each in invoices(paying)] == ["paid"]


def test_a_suspended_company_is_left_alone(paying: Act, nordwind: Workspace) -> None:
    provisioning.set_state(nordwind.tenant, "suspended", "asked by the police")
    on(paying, 40)
    assert now_is(nordwind).state == "suspended"
    provisioning.go_back(nordwind.tenant)
    on(paying, 40)
    assert now_is(nordwind).state == "read_only"


def test_plans_are_chosen_by_admins_who_said_who_pays(act: Act, nordwind: Workspace) -> None:
    with pytest.raises(Invalid) as refused:
        act(lambda: actions.choose(nordwind.actor(ANN), "team", FIRST))
    assert refused.value.problems[0].path == "company"
    with pytest.raises(NotAllowed):
        act(lambda: actions.choose(nordwind.actor(BOB), "team", FIRST))
    with pytest.raises(Invalid):
        act(lambda: actions.choose(nordwind.actor(ANN), "unlimited", FIRST))


def test_a_trial_ends_in_reading_after_three_warnings(act: Act, nordwind: Workspace) -> None:
    with frozen(datetime(2026, 3, 2, 12, tzinfo=UTC)):
        act(lambda: plans.give(now_is(nordwind), "trial"))
    assert now_is(nordwind).state == "active"
    provisioning.set_state(nordwind.tenant, "trial")
    ends = datetime(2026, 4, 1, 12, tzinfo=UTC)
    assert now_is(nordwind).trial_ends_at == ends
    for hours in (-24 * 8, -24 * 7, -24 * 6, -24, -1, 0, 1):
        act(partial(trials.advance, ends + timedelta(hours=hours)))
    told: list[str] = []
    act(lambda: told.extend(session.scalars(select(Notice.kind).order_by(Notice.id))))
    assert told == ["trial_ends", "trial_ends", "trial_over"]
    assert (now_is(nordwind).state, now_is(nordwind).reason) == ("read_only", "trial_ended")
    act(lambda: actions.keep_account(nordwind.actor(ANN), WHO))
    act(lambda: actions.choose(nordwind.actor(ANN), "start", date(2026, 4, 3)))
    assert (now_is(nordwind).state, now_is(nordwind).trial_ends_at) == ("active", None)
