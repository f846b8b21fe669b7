"""Who hears of what: members by what they may read, customers of what is theirs and meant for them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask

from app.core import tickets
from app.core.actor import Actor
from app.core.ids import new_id
from app.domain.identities.sessions import Where
from app.domain.portal import sessions
from app.domain.portal.models import PortalAccount
from app.records import facts, watching, writing
from app.records.reader import Reader
from tenants.context import entered
from tenants.session import session, unit_of_work
from tests.cast import ANN, Workspace
from tests.live.conftest import change, customer, write
from tests.live.process import LiveProcess, Stream
from tests.visitor import Visitor


def sign(object_name: str | None, record_id: UUID | None = None, verb: str = "updated", **more: Any) -> Any:
    known: dict[str, Any] = {"version": None, "about": frozenset(), "many": 1, "fields": frozenset()}
    return watching.Sign(new_id(), verb, object_name, record_id, **{**known, **more})


def member(*objects: str) -> Actor:
    return Actor("member", uuid4(), "", "web", frozenset(f"{name}:read" for name in objects))


def test_members_hear_of_what_they_may_read() -> None:
    told = [sign("contacts", uuid4()), sign("deals", uuid4()), sign(None)]
    assert [each.object for each in watching.seen(member("contacts"), told)] == ["contacts", None]


def test_changes_of_one_record_are_one_sign() -> None:
    record, company = uuid4(), uuid4()
    told = [
        sign("contacts", record, "created", version=1, about=frozenset({company})),
        sign("contacts", record, "updated", version=2),
        sign("contacts", record, "file_added"),
    ]
    (one,) = watching.seen(member("contacts"), told)
    assert (one.verb, one.version, one.about) == ("file_added", 2, frozenset({company}))


def test_crowd_of_records_is_one_sign() -> None:
    told = [sign("contacts", uuid4()) for _ in range(watching.MOST_OF_ONE + 1)] + [sign("deals", uuid4())]
    found = watching.seen(member("contacts", "deals"), told)
    assert sorted((each.object, each.many) for each in found) == [
        ("contacts", watching.MOST_OF_ONE + 1),
        ("deals", 1),
    ]


class Dealings:
    """A company with two people, each with an order; and another company with one."""

    def __init__(self, app: Flask, workspace: Workspace) -> None:
        self.app, self.workspace = app, workspace
        self.meyer = write(app, workspace, "companies", {"name": "Meyer"})
        self.other = write(app, workspace, "companies", {"name": "Other"})
        self.carol = write(app, workspace, "contacts", {"last_name": "Carol", "company_id": self.meyer})
        self.colleague = write(app, workspace, "contacts", {"last_name": "Cole", "company_id": self.meyer})
        self.stranger = write(app, workspace, "contacts", {"last_name": "Dan", "company_id": self.other})
        self.order = self._order(self.meyer, self.carol)
        self.colleagues_order = self._order(self.meyer, self.colleague)
        self.strangers_order = self._order(self.other, self.stranger)
        self.line = write(app, workspace, "order_lines", {"order_id": self.order, "description": "Pump"})

    def _order(self, company: UUID, contact: UUID) -> UUID:
        return write(
            self.app,
            self.workspace,
            "orders",
            {"company_id": company, "contact_id": contact, "currency": "EUR"},
        )

    def told(self, actor: Actor, *acts: Any) -> list[tuple[str | None, UUID | None]]:
        """What `actor` is told of what is done by `acts`."""
        with self.app.app_context(), entered(self.workspace.tenant):
            with unit_of_work(read_only=True):
                reader = Reader.from_now()
            with unit_of_work():
                for act in acts:
                    act()
            with unit_of_work(read_only=True):
                found = watching.seen(actor, watching.signs(reader.read()))
                assert all(not each.about for each in found), "a customer is told the record and no others"
                return [(each.object, each.id) for each in found]

    def update(self, object_name: str, record_id: UUID, **values: object) -> Any:
        ann = self.workspace.actor(ANN)
        return lambda: writing.update(ann, object_name, record_id, values)

    def fact(self, verb: str, object_name: str, record_id: UUID, about: Sequence[UUID] = ()) -> Any:
        return lambda: facts.record(self.workspace.actor(ANN), verb, object_name, record_id, about=about)


@pytest.fixture
def dealings(app: Flask, nordwind: Workspace) -> Dealings:
    return Dealings(app, nordwind)


def test_customer_hears_of_own_records_only(app: Flask, nordwind: Workspace, dealings: Dealings) -> None:
    carol, _ = customer(app, nordwind, dealings.carol)
    orders = (dealings.order, dealings.colleagues_order, dealings.strangers_order)
    acts = [dealings.update("orders", order, number=f"N-{place}") for place, order in enumerate(orders)]
    assert dealings.told(carol, *acts) == [("orders", dealings.order)]


def test_company_account_hears_of_its_orders(app: Flask, nordwind: Workspace, dealings: Dealings) -> None:
    carol, _ = customer(app, nordwind, dealings.carol, "company")
    orders = (dealings.order, dealings.colleagues_order, dealings.strangers_order)
    acts = [dealings.update("orders", order, number=f"N-{place}") for place, order in enumerate(orders)]
    acts.append(dealings.update("contacts", dealings.colleague, last_name="Coleman"))
    told = dealings.told(carol, *acts)
    assert set(told) == {("orders", dealings.order), ("orders", dealings.colleagues_order)}
    assert len(told) == 2


def test_lines_of_own_order_are_told(app: Flask, nordwind: Workspace, dealings: Dealings) -> None:
    carol, _ = customer(app, nordwind, dealings.carol)
    cole, _ = customer(app, nordwind, dealings.colleague)
    act = dealings.update("order_lines", dealings.line, quantity="3")
    assert ("order_lines", dealings.line) in dealings.told(carol, act)
    again = dealings.update("order_lines", dealings.line, quantity="4")
    assert dealings.told(cole, again) == []


def test_what_stays_in_the_house_is_told_to_no_customer(
    app: Flask, nordwind: Workspace, dealings: Dealings
) -> None:
    carol, _ = customer(app, nordwind, dealings.carol, "company")
    about = [dealings.order, dealings.carol, dealings.meyer]
    acts = [
        dealings.fact("note_written", "orders", dealings.order, about),
        dealings.fact("file_added", "orders", dealings.order, about),
        dealings.fact("portal_blocked", "contacts", dealings.carol, about),
        dealings.fact("an_act_nobody_thought_of", "orders", dealings.order, about),
        lambda: writing.create(
            nordwind.actor(ANN), "activities", {"subject": "Call Carol", "contact_id": dealings.carol}
        ),
    ]
    assert dealings.told(carol, *acts) == []


def test_note_hides_no_change_beside_it(app: Flask, nordwind: Workspace, dealings: Dealings) -> None:
    carol, _ = customer(app, nordwind, dealings.carol)
    acts = (
        dealings.update("orders", dealings.order, number="N-9"),
        dealings.fact("note_written", "orders", dealings.order, [dealings.carol]),
    )
    assert dealings.told(carol, *acts) == [("orders", dealings.order)]


def test_conversation_is_told_to_whom_it_names(app: Flask, nordwind: Workspace, dealings: Dealings) -> None:
    carol, _ = customer(app, nordwind, dealings.carol)
    with_carol = dealings.fact("message_sent", "orders", dealings.order, [dealings.carol, dealings.meyer])
    with_cole = dealings.fact("message_sent", "orders", dealings.order, [dealings.colleague, dealings.meyer])
    assert dealings.told(carol, with_carol) == [("orders", dealings.order)]
    assert dealings.told(carol, with_cole) == []


def test_what_leaves_a_customer_is_told_once(app: Flask, nordwind: Workspace, dealings: Dealings) -> None:
    carol, _ = customer(app, nordwind, dealings.carol)
    moved = dealings.update("orders", dealings.order, contact_id=dealings.colleague)
    assert ("orders", dealings.order) in dealings.told(carol, moved)
    later = dealings.update("orders", dealings.order, number="N-10")
    assert dealings.told(carol, later) == []


def test_import_about_others_is_not_told(app: Flask, nordwind: Workspace, dealings: Dealings) -> None:
    carol, _ = customer(app, nordwind, dealings.carol)
    ann = nordwind.actor(ANN)
    values = {"company_id": dealings.other, "contact_id": dealings.stranger, "currency": "EUR"}
    rows = [writing.Row(values) for _ in range(3)]
    mine = [writing.Row(values | {"contact_id": dealings.carol}) for _ in range(3)]
    assert dealings.told(carol, lambda: writing.write_many(ann, "orders", rows, title="Theirs")) == []
    assert dealings.told(carol, lambda: writing.write_many(ann, "orders", mine, title="Hers")) == [
        ("orders", None)
    ]


def test_streams_of_customers_keep_apart(
    app: Flask, live: LiveProcess, nordwind: Workspace, dealings: Dealings
) -> None:
    _, carols = customer(app, nordwind, dealings.carol)
    _, strangers = customer(app, nordwind, dealings.stranger)
    with Stream(live, carols) as hers, Stream(live, strangers) as his:
        assert hers.changes() == []
        assert his.changes() == []
        change(app, nordwind, "orders", dealings.order, number="N-77")
        assert [each["id"] for each in hers.changes()] == [str(dealings.order)]
        assert his.event(1.0) is None


@pytest.mark.parametrize("host", ["nordwind", "nordwind-portal"])
@pytest.mark.parametrize("path", ["/live/ticket", "/live/changes"])
def test_strangers_get_no_ticket_and_no_signs(app: Flask, nordwind: Workspace, host: str, path: str) -> None:
    stranger = Visitor(app, f"http://{host}.localhost:8000")
    answer = stranger.get(path, headers={"Accept": "application/json"})
    assert answer.status_code == 401
    assert not stranger.cookie("live")


def test_ticket_of_a_portal_is_the_customers(app: Flask, nordwind: Workspace, dealings: Dealings) -> None:
    with app.app_context(), entered(nordwind.tenant), unit_of_work():
        account = PortalAccount(contact_id=dealings.carol, email="carol@x.example", state="active")
        session.add(account)
        session.flush()
        cookie = sessions.begin(account, nordwind.tenant, Where("203.0.113.7", "Mozilla/5.0"))
    carol = Visitor(app, "http://nordwind-portal.localhost:8000")
    carol.keep(carol.host, cookie, "customer")
    begun = carol.get("/live/ticket").get_json()["cursor"]
    ticket = tickets.unseal(carol.cookie("live"), app.extensions["kith"])
    assert ticket is not None
    assert (ticket.kind, ticket.who, ticket.may) == ("customer", dealings.carol, "own")
    change(app, nordwind, "orders", dealings.order, number="N-1")
    change(app, nordwind, "orders", dealings.strangers_order, number="N-2")
    told = carol.get(f"/live/changes?after={begun}").get_json()["events"]
    assert [each["id"] for each in told] == [str(dealings.order)]
    assert told[0]["about"] == []
