"""A workspace whose time is over is gone from everywhere, and only that one."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import insert

from app.core import process, redis, spool, storage
from app.core.clock import now
from app.core.ids import new_id
from app.core.queue import enqueue
from app.domain.apps import actions as apps
from app.domain.identities import actions as identities
from app.domain.identities import facts
from app.domain.identities.models import Identity, OneTimeCode
from app.domain.lifecycle import closing, deleting, receipts
from app.domain.plans import usage
from app.domain.plans.models import Usage
from app.records import writing
from tenants import catalogue, operations, owner, provisioning, removal
from tenants.context import Tenant, entered
from tenants.engines import engines
from tenants.operations import Operation
from tenants.removal import Ending
from tenants.session import session, unit_of_work
from tests.cast import ANN, BOB, KIM, Workspace
from tests.conftest import S3, MakeTenant
from tests.domain.lifecycle import everywhere
from workers.broker import Broker
from workers.envelope import Envelope

Both = tuple[Workspace, Workspace]


@pytest.fixture
def both(app: Flask, s3: S3, nordwind: Workspace, kestrel: Workspace) -> Iterator[Both]:
    """Nordwind and Kestrel, each with something in every place that keeps something."""
    with app.app_context():
        for company in (nordwind, kestrel):
            _use(company)
        yield nordwind, kestrel
        session.remove()
    redis.client().flushdb()


def test_nothing_is_left_and_others_are_untouched(both: Both) -> None:
    mine, other = both
    tenant, words = mine.tenant, _words(mine)
    assert len(everywhere.found(words, tenant.cell)) > 10
    before = _state(other)
    room = _room(tenant)
    receipt = _remove(tenant)
    assert everywhere.found(words, tenant.cell) == [f"kith.control_outbox: 1 times {ANN.email}"]
    assert catalogue.by_slug("nordwind") is None
    assert _state(other) == before
    assert _room(other.tenant) == room - 1
    assert receipt is not None
    assert receipt["removed"]["files"] == 1
    assert receipt["removed"]["rows"]["contacts"] == 1
    assert receipt["removed"]["catalogue"]["identities"] == 4


def test_a_killed_removal_goes_on_at_every_step(both: Both) -> None:
    mine, other = both
    before = _state(other)
    for number, step in enumerate(("count", "database", "files", "queue", "look", "catalogue")):
        with pytest.raises(_Killed):
            _remove(mine.tenant, at=step, is_closed=number > 0)
    receipt = _remove(mine.tenant, is_closed=True)
    assert receipt is not None
    assert receipt["removed"]["rows"]["contacts"] == 1
    assert everywhere.found([mine.tenant.schema, str(mine.tenant.id)], mine.tenant.cell) == []
    assert _state(other) == before


def test_the_receipt_proves_itself_and_names_nobody(both: Both) -> None:
    mine, _ = both
    told = _remove(mine.tenant)
    assert told is not None
    with unit_of_work(read_only=True):
        kept = receipts.get(UUID(told["id"]))
    assert kept == told
    assert receipts.digest(kept) == kept["digest"]
    assert not [word for word in (*_words(mine)[2:], "nordwind", "Carol") if word in str(kept)]


def test_members_of_other_workspaces_stay(both: Both) -> None:
    mine, other = both
    with unit_of_work():
        bob = session.get_one(Identity, mine.identities[BOB.email])
        identities.join(bob, other.tenant)
    _remove(mine.tenant)
    with unit_of_work(read_only=True):
        assert session.get(Identity, mine.identities[BOB.email]) is not None
        assert session.get(Identity, mine.identities[ANN.email]) is None


def test_a_claim_never_finished_goes_without_a_receipt(app: Flask, s3: S3, make_tenant: MakeTenant) -> None:
    make_tenant("someone")
    provisioning.ensure_spares(1)
    claimed = provisioning.claim("never-finished", "Never")
    room = _room(claimed)
    provisioning.release(claimed)
    with app.app_context():
        assert deleting.remove(_due(claimed.id)) is None
    assert everywhere.found([claimed.schema, str(claimed.id)], claimed.cell) == []
    assert _room_of(claimed.bucket) == room - 1


def test_what_somebody_still_reads_waits(both: Both, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(removal, "LOCK_TIMEOUT", "50ms")
    tenant = both[0].tenant
    with unit_of_work():
        closing.begin(tenant, days=0)
    with owner.connect(engines().cell_url(tenant.cell)) as reader, reader.transaction():
        reader.execute(f"SELECT count(*) FROM {tenant.schema}.contacts".encode())
        with pytest.raises(removal.StillInUse):
            deleting.remove(_due(tenant.id))
    assert deleting.remove(_due(tenant.id)) is not None


class _Killed(BaseException):
    """The process ends here."""


def _remove(tenant: Tenant, at: str = "", is_closed: bool = False) -> dict[str, Any] | None:
    if not is_closed:
        with unit_of_work():
            closing.begin(tenant, days=0)

    def told(operation: Operation) -> None:
        if operation.step == at:
            raise _Killed

    return deleting.remove(_due(tenant.id), told)


def _due(tenant_id: UUID) -> Ending:
    return next(ending for ending in removal.due(10_000) if ending.id == tenant_id)


def _use(company: Workspace) -> None:
    """Leave something everywhere."""
    actor, tenant = company.actor(KIM if company.company.slug == "kestrel" else ANN), company.tenant
    with entered(tenant):
        with unit_of_work():
            writing.create(actor, "contacts", {"first_name": "Carol", "last_name": "Meyer"})
            enqueue("test.later", {"for": tenant.slug}, key="later")
            wanted = apps.Wanted("Script", "confidential", ("client_credentials",), ("contacts:read",), ())
            apps.register(actor, wanted)
            identity = session.get_one(Identity, actor.identity_id)
            session.add(OneTimeCode(purpose="reset", **_code(identity)))
            facts.note("sign_in", identity.id, "192.0.2.7", tenant.id, browser=tenant.slug)
            used = {"tenant_id": tenant.id, "kind": "mails", "period": now().date()}
            session.execute(insert(Usage).values(**used))
        storage.put(storage.new_key(), f"bytes of {tenant.slug}".encode())
        spool.note("everywhere", tenant.slug, tenant.slug)
        usage.count("requests")
        redis.client().set(redis.key("limit", "api"), "1")
    usage.flush()
    operations.fail(operations.begin("export", tenant, {"for": tenant.slug}), tenant.slug)
    _send(Envelope(new_id(), "tenant", tenant.schema))


def _send(envelope: Envelope) -> None:
    broker = Broker(process.settings().redis_url)
    broker.declare_queue("bulk")
    broker.send(envelope, "bulk")
    broker.close()


def _code(identity: Identity) -> dict[str, Any]:
    told = {"email": identity.email}
    return {"secret_hash": new_id().bytes, "identity_id": identity.id, "data": told, "expires_at": now()}


def _words(company: Workspace) -> list[str]:
    """What only this company has."""
    tenant = company.tenant
    people = [str(each) for each in company.identities.values()]
    return [tenant.schema, str(tenant.id), tenant.id.hex, *company.identities, *people]


def _state(company: Workspace) -> object:
    tenant = company.tenant
    files, rows = everywhere.bytes_of(tenant.schema), everywhere.summed(tenant.cell, tenant.schema)
    return rows, files, sorted(everywhere.found(_words(company), tenant.cell))


def _room(tenant: Tenant) -> int:
    return _room_of(tenant.bucket)


def _room_of(login: str) -> int:
    with owner.connect(engines().control_url) as control:
        query = "SELECT tenants_count FROM kith.buckets WHERE login_role = %s"
        row = control.execute(query, [login]).fetchone()
    assert row is not None
    return int(row[0])
