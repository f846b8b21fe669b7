"""Sign-ups claim spares: fast, side by side, once each."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import psycopg
import pytest
from flask import Flask
from sqlalchemy import select

from app.config import Settings
from tenants import building, catalogue, owner, provisioning, revisions
from tenants.bootstrap import FIRST_CELL
from tenants.context import Tenant
from tenants.driver import psycopg_url
from tenants.engines import engines
from tenants.models import TenantRecord
from tenants.session import session, unit_of_work
from tests.conftest import MakeTenant, Servers


def _claim(number: int) -> Tenant:
    return provisioning.claim(f"sign-up-{number}", f"Company {number}")


def test_fifty_sign_ups_at_once_get_fifty_schemas(ground_floor: None) -> None:
    provisioning.ensure_spares(30)

    with ThreadPoolExecutor(50) as pool:
        tenants = list(pool.map(_claim, range(50)))

    assert len({tenant.schema for tenant in tenants}) == 50
    assert {tenant.slug for tenant in tenants} == {f"sign-up-{number}" for number in range(50)}


def test_rush_of_sign_ups_waits_for_no_connection_of_its_own(app: Flask, ground_floor: None) -> None:
    provisioning.ensure_spares(16)

    def sign_up(number: int) -> str:
        with app.app_context(), unit_of_work():
            session.execute(select(TenantRecord.id).limit(1))
            return provisioning.claim(f"rush-{number}", "Rush").schema

    with ThreadPoolExecutor(16) as pool:
        assert len(set(pool.map(sign_up, range(16)))) == 16


def test_one_slug_goes_to_one_sign_up(ground_floor: None) -> None:
    def claim(_: int) -> str:
        try:
            return provisioning.claim("acme", "Acme").schema
        except provisioning.SlugTaken:
            return "taken"

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(claim, range(8)))

    assert outcomes.count("taken") == 7


def test_repeated_sign_up_gets_the_same_tenant(ground_floor: None) -> None:
    signup_id = uuid4()
    with ThreadPoolExecutor(4) as pool:
        claims = pool.map(lambda _: provisioning.claim("acme", "Acme", signup_id=signup_id), range(4))

    assert len({tenant.id for tenant in claims}) == 1


def test_empty_pool_builds_at_once(ground_floor: None, settings: Settings) -> None:
    while _spares(settings):
        provisioning.claim(f"drain-{uuid4().hex[:8]}", "Drain")

    assert provisioning.claim("acme", "Acme").schema_rev == revisions.head("tenant")


@pytest.mark.parametrize("slug", ["", "www", "acme-portal", 'x"; DROP SCHEMA kith', "ACME", "-a", "pg_x"])
def test_faulty_slug_is_never_claimed(ground_floor: None, slug: str) -> None:
    with pytest.raises(provisioning.SlugTaken):
        provisioning.claim(slug, "Name")


def test_claim_waits_for_its_owner(ground_floor: None) -> None:
    claimed = provisioning.claim("acme", "Acme")

    assert claimed.state == "claimed"
    assert provisioning.abandoned_claims(older_than_seconds=0) == [claimed]
    assert provisioning.activate(claimed).state == "active"
    assert provisioning.abandoned_claims(older_than_seconds=0) == []


def test_released_claim_frees_its_slug(ground_floor: None) -> None:
    first = provisioning.claim("acme", "Acme")
    provisioning.release(first)

    assert provisioning.is_free("acme")
    assert provisioning.claim("acme", "Acme").schema != first.schema


def test_claim_taken_up_again_is_not_abandoned(ground_floor: None, settings: Settings) -> None:
    signup_id = uuid4()
    claimed = provisioning.claim("acme", "Acme", signup_id=signup_id)
    with psycopg.connect(psycopg_url(settings.database_url), autocommit=True) as owner:
        owner.execute("UPDATE kith.tenants SET claimed_at = now() - interval '1 hour' WHERE slug = 'acme'")
    assert provisioning.abandoned_claims() == [claimed]
    assert provisioning.claim("acme", "Acme", signup_id=signup_id) == claimed
    assert provisioning.abandoned_claims() == []


def test_finished_sign_up_is_not_released(ground_floor: None) -> None:
    """It may be finished after the sweeper has looked."""
    claimed = provisioning.claim("acme", "Acme")
    provisioning.activate(claimed)
    provisioning.release(claimed)

    found = catalogue.by_slug("acme")
    assert found is not None
    assert found.state == "active"


def test_suspension_is_seen_at_once_here(tenant: Tenant) -> None:
    provisioning.set_state(tenant, "suspended")
    found = catalogue.by_slug(tenant.slug)

    assert found is not None
    assert found.state == "suspended"


def test_new_slug_moves_no_schema(tenant: Tenant, make_tenant: MakeTenant) -> None:
    make_tenant("kestrel")
    renamed = provisioning.rename(tenant, slug="nordwind-neu", name="Nordwind Neu GmbH")

    assert (renamed.schema, renamed.slug) == (tenant.schema, "nordwind-neu")
    assert catalogue.by_slug("nordwind") is None
    with pytest.raises(provisioning.SlugTaken):
        provisioning.rename(renamed, slug="kestrel")


def test_dead_builders_rows_are_finished_or_removed(ground_floor: None, settings: Settings) -> None:
    schema = provisioning.build_spare()
    with psycopg.connect(psycopg_url(settings.database_url), autocommit=True) as control:
        old = "state = 'building', created_at = now() - interval '1 h'"
        control.execute(f"UPDATE kith.tenants SET {old} WHERE schema_name = %s", [schema])
        control.execute(
            "INSERT INTO kith.tenants (cell_id, bucket_id, schema_name, created_at)"
            " SELECT cell_id, bucket_id, %s, now() - interval '1 h' FROM kith.tenants WHERE schema_name = %s",
            ["t_" + "z" * 16, schema],
        )
        provisioning.ensure_spares(0)
        rows = control.execute(
            "SELECT schema_name, state FROM kith.tenants WHERE schema_name IN (%s, %s)",
            [schema, "t_" + "z" * 16],
        ).fetchall()
    assert rows == [(schema, "spare")]


def test_logins_hold_a_bounded_number_of_tenants(
    ground_floor: None, servers: Servers, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "BUCKET_SIZE", 2)
    with psycopg.connect(psycopg_url(settings.database_url), autocommit=True) as control:
        before = control.execute("SELECT tenants_count, id FROM kith.buckets").fetchall()
        control.execute("UPDATE kith.buckets SET tenants_count = 99")
        try:
            for _ in range(3):
                building.build(FIRST_CELL)
            counts = control.execute(
                "SELECT tenants_count FROM kith.buckets WHERE tenants_count < 99"
            ).fetchall()
        finally:
            for row in before:
                control.execute("UPDATE kith.buckets SET tenants_count = %s WHERE id = %s", row)
    assert sorted(counts) == [(1,), (2,)]


def test_who_has_filled_a_cell_stands_in_nobodys_way(ground_floor: None) -> None:
    with owner.of_cell(FIRST_CELL) as other:
        for _ in range(20):
            building.fill(FIRST_CELL, 0)
            with owner.letting_go(other):
                assert building._try_lock(other, building._FILL_LOCK)


def test_secrets_are_sealed_in_the_catalogue(tenant: Tenant, settings: Settings) -> None:
    with psycopg.connect(psycopg_url(settings.database_url)) as control:
        row = control.execute(
            "SELECT dsn_encrypted, password_encrypted FROM kith.cells, kith.buckets"
        ).fetchone()
    assert row is not None
    assert all("postgresql" not in sealed and "gAAAA" in sealed for sealed in row)
    assert engines().vault.open(row[0]).startswith("postgresql://kith_owner")


def _spares(settings: Settings) -> int:
    with psycopg.connect(psycopg_url(settings.database_url)) as control:
        row = control.execute("SELECT count(*) FROM kith.tenants WHERE state = 'spare'").fetchone()
    return row[0] if row else 0
