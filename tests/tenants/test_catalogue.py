"""Finding tenants, and forgetting what is no longer so."""

import time
from types import SimpleNamespace
from uuid import uuid4

import psycopg
import pytest

from app.config import Settings
from tenants import catalogue
from tenants.bootstrap import Place, bootstrap
from tenants.context import Tenant
from tenants.driver import psycopg_url
from tests.conftest import MakeTenant, Servers


def test_tenant_is_found_by_every_name(tenant: Tenant) -> None:
    assert catalogue.by_slug("nordwind") == tenant
    assert catalogue.by_id(tenant.id) == tenant
    assert catalogue.by_schema(tenant.schema) == tenant
    assert catalogue.by_slug("nobody") is None
    assert catalogue.by_id(uuid4()) is None


@pytest.mark.parametrize("slug", ["nord\0wind", "nordwind\udcff", "nordw\u00efnd"])
def test_impossible_addresses_are_nobodys(tenant: Tenant, slug: str) -> None:
    assert catalogue.by_slug(slug) is None


def test_spares_are_nobodys(tenant: Tenant) -> None:
    assert catalogue.all_tenants() == [tenant]


def test_change_elsewhere_is_seen_after_a_while(
    tenant: Tenant, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert catalogue.by_slug("nordwind") == tenant
    with psycopg.connect(psycopg_url(settings.database_url), autocommit=True) as elsewhere:
        elsewhere.execute("UPDATE kith.tenants SET state = 'suspended' WHERE id = %s", [tenant.id])
    assert catalogue.by_slug("nordwind") == tenant

    later = SimpleNamespace(monotonic=lambda: time.monotonic() + catalogue.SECONDS)
    monkeypatch.setattr(catalogue, "time", later)
    found = catalogue.by_slug("nordwind")
    assert found is not None
    assert found.state == "suspended"


def test_bootstrap_runs_again_without_harm(
    tenant: Tenant, servers: Servers, settings: Settings, make_tenant: MakeTenant
) -> None:
    bootstrap(servers.admin_url, settings.database_url, settings.secret_keys)
    catalogue.forget()

    assert catalogue.by_slug("nordwind") == tenant
    assert make_tenant("kestrel").state == "active"


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://kith_owner@host/kith",
        "postgresql://kith_owner:pw@host",
        "postgresql://Owner:pw@host/kith",
        'postgresql://kith_owner:pw@host/ki"th',
    ],
)
def test_address_without_owner_password_or_database_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"must name|not a name"):
        Place.of(url)
