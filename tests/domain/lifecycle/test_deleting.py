"""A workspace whose time is over is gone from everywhere, and only that one."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import insert

from app.config import ROOT
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
from tenants.removal import Ending
from tenants.session import session, unit_of_work
from tests.cast import ANN, BOB, KIM, Workspace
from tests.conftest import S3, MakeTenant
from tests.domain.lifecycle import everywhere, killing
from workers.broker import Broker
from workers.envelope import Envelope

Both = tuple[Workspace, Workspace]


@pytest.fixture
def both(app: Flask, s3: S3, nordwind: Workspace, kestrel: Workspace) -> Iterator[Both]:
    """Nordwind and Kestrel, each with something in every place that keeps something."""
    redis.client().flushdb()
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
    assert _room(tenant) == room - 1
    assert receipt is not None
    assert receipt["removed"]["files"] == 1
    assert receipt["removed"]["rows"]["contacts"] == 1
    assert receipt["removed"]["catalogue"]["identities"] == 4


@pytest.mark.long
def test_a_removal_killed_at_any_moment_goes_on(both: Both, environ: dict[str, str], s3: S3) -> None:
    mine, other = both
    words, before, room = _words(mine), _state(other), _room(mine.tenant)
    command = [sys.executable, "-m", killing.__name__, "nordwind", *killing.MOMENTS]
    own = {**os.environ, **environ, "KITH_S3_ENDPOINT_URL": s3.url, "PYTHONPATH": str(ROOT)}
    ended = subprocess.run(command, env=own, cwd=ROOT, capture_output=True, timeout=900, check=True)
    assert json.loads(ended.stdout) == dict.fromkeys(killing.MOMENTS, -signal.SIGKILL), ended.stderr.decode()
    catalogue.forget()
    assert mine.tenant.id not in {ending.id for ending in removal.due()}
    assert everywhere.found(words, mine.tenant.cell) == [f"kith.control_outbox: 1 times {ANN.email}"]
    assert _receipts(mine.tenant)[0]["removed"]["rows"]["contacts"] == 1
    assert len(_receipts(mine.tenant)) == 1
    assert (_state(other), _room(mine.tenant)) == (before, room - 1)


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
    tenant = both[0].tenant
    with unit_of_work():
        closing.begin(tenant, days=0)
    with owner.connect(engines().cell_url(tenant.cell)) as reader, reader.transaction():
        reader.execute(f"SELECT count(*) FROM {tenant.schema}.contacts".encode())
        monkeypatch.setattr(removal, "LOCK_TIMEOUT", "50ms")
        with pytest.raises(removal.StillInUse):
            deleting.remove(_due(tenant.id))
    # A vacuum gives way after a second only.
    monkeypatch.setattr(removal, "LOCK_TIMEOUT", "60s")
    assert deleting.remove(_due(tenant.id)) is not None


def _remove(tenant: Tenant) -> dict[str, Any] | None:
    with unit_of_work():
        closing.begin(tenant, days=0)
    return deleting.remove(_due(tenant.id))


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
        spool.note("everywhere", {tenant.slug: tenant.slug})
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


def _receipts(tenant: Tenant) -> list[dict[str, Any]]:
    with owner.connect(engines().control_url) as control:
        query = "SELECT removed FROM kith.receipts WHERE tenant_id = %s"
        return [row[0] for row in control.execute(query, [tenant.id]).fetchall()]


def _room(tenant: Tenant) -> int:
    return _room_of(tenant.bucket)


def _room_of(login: str) -> int:
    with owner.connect(engines().control_url) as control:
        query = "SELECT tenants_count FROM kith.buckets WHERE login_role = %s"
        row = control.execute(query, [login]).fetchone()
    assert row is not None
    return int(row[0])
