"""What changes in one process is known in the others at once."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from uuid import UUID

import psycopg
import pytest
from flask import Flask

from app.config import ROOT, Settings
from app.programs import full_environment
from tenants import catalogue, news, provisioning
from tenants.context import Tenant
from tenants.driver import psycopg_url
from tests.conftest import MakeTenant

# Long on a busy machine, and shorter than a process takes that only waits for SECONDS to pass.
SOON = catalogue.SECONDS / 2
LOOK_SECONDS = 0.02
PATIENCE_SECONDS = 120


class Other:
    """Another process that has the same tenants in mind."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def says(self, slug: str) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{slug}\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()


@pytest.fixture
def others(environ: dict[str, str], ground_floor: None) -> Iterator[list[Other]]:
    with ExitStack() as stack:
        started = []
        for _ in range(2):
            process = stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-m", "tests.tenants.following"],
                    env=full_environment() | environ,
                    cwd=ROOT,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
            stack.callback(process.kill)
            started.append(Other(process))
        yield started


def within(seconds: float, condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(LOOK_SECONDS)
    return True


def listeners(owner: psycopg.Connection[tuple[int]]) -> int:
    row = owner.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'kith news'"
        " AND datname = current_database()"
    ).fetchone()
    return row[0] if row else 0


def test_change_reaches_every_process_at_once(
    app: Flask, tenant: Tenant, others: list[Other], settings: Settings
) -> None:
    with psycopg.connect(psycopg_url(settings.database_url), autocommit=True) as owner:
        assert within(PATIENCE_SECONDS, lambda: listeners(owner) == 2)
        assert [other.says("nordwind") for other in others] == ["active Nordwind GmbH"] * 2

        provisioning.set_state(tenant, "suspended")
        assert within(
            SOON, lambda: all(other.says("nordwind") == "suspended Nordwind GmbH" for other in others)
        )
        provisioning.rename(tenant, slug="nordwind-neu", name="Nordwind Neu")
        assert within(SOON, lambda: all(other.says("nordwind") == "nobody" for other in others))
        assert [other.says("nordwind-neu") for other in others] == ["suspended Nordwind Neu"] * 2

        owner.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'kith news'"
            " AND datname = current_database()"
        )
        owner.execute("UPDATE kith.tenants SET name = 'Meanwhile' WHERE id = %s", [tenant.id])
        assert within(
            SOON, lambda: all(other.says("nordwind-neu") == "suspended Meanwhile" for other in others)
        )


@pytest.mark.parametrize(
    "change",
    [
        "state = 'frozen'",
        "slug = 'nordwind-2'",
        "name = 'Nord'",
        "epoch = epoch + 1",
        "schema_rev = '0000'",
        "limits = '{\"members\": 3}'",
    ],
)
def test_each_change_of_a_company_is_told(tenant: Tenant, settings: Settings, change: str) -> None:
    assert _told(settings, f"UPDATE kith.tenants SET {change} WHERE id = '{tenant.id}'") == [tenant.id]


def test_change_of_a_plan_is_told_without_a_name(tenant: Tenant, settings: Settings) -> None:
    heard: list[UUID | None] = []
    assert _told(settings, "UPDATE kith.plans SET position = position", heard=heard) == []
    assert heard.count(None) >= 3


def test_what_is_told_is_remembered_for_long(
    tenant: Tenant, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "SECONDS", 0.0)
    said: list[bool] = []
    listener = news.Listener(settings.database_url, catalogue.forget, said.append)
    thread = threading.Thread(target=listener.run, daemon=True)
    thread.start()
    assert listener.listens.wait(PATIENCE_SECONDS)
    catalogue.rely_on_news(said[-1])
    try:
        assert catalogue.by_slug("nordwind") == tenant
        with monkeypatch.context() as patched:
            patched.setattr(catalogue, "_read", lambda _: None)
            assert catalogue.by_slug("nordwind") == tenant
        with psycopg.connect(psycopg_url(settings.database_url), autocommit=True) as owner:
            listener.stopping.set()
            owner.execute("SELECT pg_notify('kith_tenants', '')")
            assert within(PATIENCE_SECONDS, lambda: said == [True, False])
    finally:
        catalogue.rely_on_news(False)
    thread.join(PATIENCE_SECONDS)
    monkeypatch.setattr(catalogue, "_read", lambda _: None)
    assert catalogue.by_slug("nordwind") is None


def test_sign_ups_tell_nobody(ground_floor: None, settings: Settings) -> None:
    assert _told(settings, "", lambda: provisioning.activate(provisioning.claim("acme", "Acme"))) == []


def test_same_values_again_tell_nobody(tenant: Tenant, settings: Settings) -> None:
    assert _told(settings, f"UPDATE kith.tenants SET name = name WHERE id = '{tenant.id}'") == []


def test_what_was_read_before_a_change_is_not_remembered_after(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = catalogue._read

    def slow(*condition: object) -> Tenant | None:
        found = read(*condition)  # type: ignore[arg-type]
        catalogue.forget(tenant.id)
        return found

    monkeypatch.setattr(catalogue, "_read", slow)
    assert catalogue.by_slug("nordwind") == tenant
    monkeypatch.setattr(catalogue, "_read", lambda _: None)
    assert catalogue.by_slug("nordwind") is None


def test_slug_given_to_another_company_is_not_mixed_up(tenant: Tenant, make_tenant: MakeTenant) -> None:
    other = make_tenant("kestrel", "Kestrel Ltd")
    assert catalogue.by_slug("nordwind") == tenant
    provisioning.rename(tenant, slug="nordwind-neu")
    provisioning.rename(other, slug="nordwind")

    found = catalogue.by_slug("nordwind")
    assert found is not None
    assert found.id == other.id


def _told(
    settings: Settings,
    sql: str,
    act: Callable[[], object] | None = None,
    heard: list[UUID | None] | None = None,
) -> list[UUID]:
    heard = [] if heard is None else heard
    listener = news.Listener(settings.database_url, heard.append)
    thread = threading.Thread(target=listener.run, daemon=True)
    thread.start()
    assert listener.listens.wait(PATIENCE_SECONDS)
    with psycopg.connect(psycopg_url(settings.database_url), autocommit=True) as owner:
        if sql:
            owner.execute(sql.encode())
        if act is not None:
            act()
        # The last word: whatever was told before it has been heard by then.
        owner.execute("SELECT pg_notify('kith_tenants', '')")
        assert within(PATIENCE_SECONDS, lambda: len(heard) > 1 and heard[-1] is None)
        listener.stopping.set()
        owner.execute("SELECT pg_notify('kith_tenants', '')")
    thread.join(PATIENCE_SECONDS)
    assert heard[0] is None
    return [each for each in heard if each is not None]
