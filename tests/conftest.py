"""What tests stand on: real servers shared by the run, databases of this process, and what is made lazily."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from ipaddress import ip_network
from pathlib import Path
from types import SimpleNamespace

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck
from hypothesis import settings as examples
from playwright.sync_api import Browser, Page

from app import config
from app.config import Settings
from app.core import collector, process, redis
from app.core.turnstile import Turnstile
from app.domain.duplicates import probing
from app.domain.identities import passwords
from app.domain.jobs import slices
from app.factory import LARGE_PLACES, create_app
from app.records import finding, meaning, patience
from app.ui import texts
from stack import ports
from stack.dovecot import Dovecot
from stack.s3 import REGION, Keys, ensure_bucket
from tenants import session as sessions
from tenants.context import Tenant, entered
from tenants.engines import engines
from tests import browser as browsers
from tests import ground, imap, network, order, pooler, schemas, whole
from tests.cast import KESTREL, NORDWIND, Workspace, settle
from tests.servers import shared, start_postgres, start_s3, start_valkey

GENEROUS_MS = 10_000
# What may take so long and no longer, and where that is said; a list has LONGEST_MS beside it.
SHORT = (
    *((finding, "CONTAINED_MS"), (finding, "MEANT_MS"), (finding, "SIMILAR_MS"), (probing, "ALIKE_MS")),
    *((meaning, "LONGEST_MS"), (patience, "FIRST_MS"), (patience, "COUNT_MS")),
)
USUAL_HASHER = passwords._hasher
MakeTenant = Callable[..., Tenant]

# How long an example takes says how busy the machine is; all examples of a test may share its fixtures.
UNHURRIED = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
examples.register_profile("kith", deadline=None, suppress_health_check=UNHURRIED)
examples.load_profile("kith")


@dataclass(frozen=True)
class Servers:
    """Where the run's PostgreSQL (as superuser) and Valkey (a database of this process) are."""

    admin_url: str
    redis_url: str


@dataclass(frozen=True)
class S3:
    """Where the run's S3 is, and its keys."""

    url: str
    access: str
    secret: str


def pytest_collection_finish() -> None:
    collector.settle()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items[:] = order.arranged(items, order.processes())


@pytest.fixture(scope="session", autouse=True)
def _outside_world_is_closed() -> Iterator[None]:
    with network.loopback_only():
        yield


@pytest.fixture(scope="session", autouse=True)
def _texts_are_compiled() -> None:
    texts.compile_all()


@pytest.fixture(scope="session", autouse=True)
def _passwords_cost_little() -> Iterator[None]:
    """They are hashed for a thousandth of the usual cost; where that matters there is `usual_cost`."""
    with pytest.MonkeyPatch.context() as patch:
        _hash_by(patch, PasswordHasher(time_cost=1, memory_cost=16, parallelism=1))
        yield


@pytest.fixture
def usual_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords are hashed as they are everywhere else."""
    _hash_by(monkeypatch, USUAL_HASHER)


def _hash_by(patch: pytest.MonkeyPatch, hasher: PasswordHasher) -> None:
    patch.setattr(passwords, "_hasher", hasher)
    patch.setattr(passwords, "_NOBODY", hasher.hash("nobody's"))


@pytest.fixture(scope="session", autouse=True)
def _long_work_rests_for_nobody() -> Iterator[None]:
    """Those who are at their pages are companies of the tests before."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slices, "time", SimpleNamespace(monotonic=time.monotonic, sleep=_not))
        yield


@pytest.fixture(scope="session", autouse=True)
def _nothing_is_given_up_soon() -> Iterator[None]:
    """What pages give up after some milliseconds is found here, however busy the machine is.

    Nor is Redis taken for gone, for the next two seconds as well, that did not answer within half of one.
    """
    with pytest.MonkeyPatch.context() as patch:
        for module, name in SHORT:
            patch.setattr(module, name, GENEROUS_MS)
        patch.setattr(patience, "LONGEST_MS", 2 * GENEROUS_MS)
        patch.setattr(redis, "TIMEOUT_SECONDS", GENEROUS_MS / 1000)
        yield


@pytest.fixture(scope="session")
def worker(request: pytest.FixtureRequest) -> int:
    """The number of this process among those of the run."""
    name = getattr(request.config, "workerinput", {}).get("workerid", "gw0")
    return int(name.removeprefix("gw"))


@pytest.fixture(scope="session", autouse=True)
def _ports_are_nobody_elses(worker: int) -> Iterator[None]:
    """Each process of the run has a range of its own: no other takes a free port before it is used."""
    width = (ports.LAST - ports.FIRST) // order.processes()
    first = ports.FIRST + worker * width
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ports, "FIRST", first)
        patch.setattr(ports, "LAST", first + width - 1)
        yield


@pytest.fixture(scope="session")
def common(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of the run share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if hasattr(request.config, "workerinput") else base


@pytest.fixture(scope="session")
def servers(common: Path, worker: int) -> Iterator[Servers]:
    with shared(common / "postgres", start_postgres) as pg, shared(common / "valkey", start_valkey) as redis:
        yield Servers(pg["admin_url"], redis["url"].removesuffix("/0") + f"/{worker}")


@pytest.fixture(scope="session")
def environ(servers: Servers, worker: int, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The KITH_* variables of this process's databases, also for programs that tests start."""
    return {
        "KITH_BASE_URL": "http://localhost:8000",
        "KITH_DATABASE_URL": ground.control_url(servers.admin_url, f"kith_{worker}"),
        "KITH_REDIS_URL": servers.redis_url,
        "KITH_SECRET_KEYS": ",".join(ground.SECRET_KEYS).replace(", ", " "),
        "KITH_DATA_DIR": str(tmp_path_factory.mktemp("data")),
    }


@pytest.fixture(scope="session")
def settings(environ: dict[str, str]) -> Settings:
    return config.load(environ)


@pytest.fixture(scope="session")
def databases(servers: Servers, settings: Settings) -> Iterator[None]:
    """The control database and the first cell, migrated, and this process connected to them."""
    ground.prepare(servers.admin_url, settings.database_url, settings.secret_keys)
    yield
    schemas.unlink()
    engines().dispose()


@pytest.fixture(autouse=True)
def _pools_are_given_back(request: pytest.FixtureRequest) -> Iterator[None]:
    """Commands have pools and settings of processes of their own; those of a test are the tests' again."""
    needed = "databases" in request.fixturenames
    settings: Settings | None = request.getfixturevalue("settings") if needed else None
    yield
    if settings is not None:
        ground.come_home(settings.database_url, settings.secret_keys)
        process.configure(settings)


@pytest.fixture(autouse=True)
def _redis_is_asked_again() -> Iterator[None]:
    """Where a test found it away, the next one asks at once."""
    yield
    redis._away_until = 0.0


@pytest.fixture
def ground_floor(databases: None, settings: Settings) -> None:
    """The databases, with nobody signed up and nothing counted of strangers."""
    ground.clear(settings.database_url)
    ground.forget(settings.redis_url)


@pytest.fixture(scope="session")
def app(databases: None, settings: Settings) -> Flask:
    """The application on this process's databases.

    Each test has companies of its own: none rests for the sake of those of the test before.
    """
    made = create_app(settings)
    made.for_all, made.for_large = Turnstile(sleep=_not), Turnstile(LARGE_PLACES, sleep=_not)
    return made


def _not(_: float) -> None:
    """Instead of sleeping."""


@pytest.fixture(scope="session")
def s3_server(settings: Settings, common: Path) -> Iterator[S3]:
    """A real S3 with the bucket of the settings, started for the first test that asks."""
    with shared(common / "s3", start_s3) as facts:
        ensure_bucket(facts["url"], Keys(facts["access"], facts["secret"], ""), settings.s3_bucket, ("*",))
        yield S3(**facts)


@pytest.fixture
def s3(app: Flask, settings: Settings, s3_server: S3, monkeypatch: pytest.MonkeyPatch) -> Iterator[S3]:
    """The app's storage uses the run's S3, whatever a command of an earlier test has set."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", s3_server.access)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", s3_server.secret)
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    process.configure(replace(settings, s3_endpoint_url=s3_server.url, s3_public_url=s3_server.url))
    yield s3_server
    process.configure(settings)


@pytest.fixture(scope="session")
def dovecot_server(common: Path) -> Iterator[Dovecot]:
    """A real IMAP server, started for the first test that asks; skips where there is none."""
    imap.missing()
    with shared(common / "dovecot", imap.start_dovecot) as facts:
        yield Dovecot("127.0.0.1", int(facts["port"]), {}, Path(facts["mail"]))


@pytest.fixture
def mailbox_post(
    app: Flask, settings: Settings, dovecot_server: Dovecot, worker: int
) -> Iterator[imap.Mailbox]:
    """A fresh mailbox on the run's IMAP server, which this process may reach although it is no public one."""
    process.configure(replace(settings, egress_allowed=(ip_network("127.0.0.0/8"),)))
    yield imap.Mailbox(dovecot_server, f"user{worker * imap.USERS + next(imap.numbers)}")
    process.configure(settings)


@pytest.fixture(scope="session")
def stopped_pooler(databases: None, tmp_path_factory: pytest.TempPathFactory, worker: int) -> pooler.Pooler:
    """A real PgBouncer before this process's first cell, not started; skips where there is none."""
    return pooler.before_first_cell(tmp_path_factory.mktemp("pgbouncer"), worker)


@pytest.fixture
def make_tenant(ground_floor: None) -> MakeTenant:
    """make_tenant(slug=None, name=...) -> a fresh tenant without members, in state active."""
    return ground.fresh_tenant


@pytest.fixture
def tenant(make_tenant: MakeTenant) -> Tenant:
    """A fresh tenant without members; the work is not entered: see `inside`."""
    return make_tenant("nordwind")


@pytest.fixture
def inside(app: Flask, tenant: Tenant) -> Iterator[Tenant]:
    """The test runs inside the tenant, in an application context: `session` and `unit_of_work` work.

    What the test does not commit is undone. Not for tests that use `client`, which has a context of its own.
    """
    with app.app_context(), entered(tenant):
        yield tenant
        sessions.session.remove()


@pytest.fixture
def nordwind(app: Flask, tenant: Tenant) -> Workspace:
    """Nordwind GmbH with its four people, all confirmed."""
    return settle(app, NORDWIND, tenant)


@pytest.fixture
def kestrel(app: Flask, make_tenant: MakeTenant) -> Workspace:
    """Kestrel Ltd with its two people, all confirmed."""
    return settle(app, KESTREL, make_tenant("kestrel", "Kestrel Ltd"))


@pytest.fixture
def client(app: Flask, ground_floor: None) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="session")
def live_server(common: Path, worker: int) -> Iterator[str]:
    """The address of a whole Kith as `./kith up` runs it, with servers of its own for no other test's jobs.

    Its processes remember tenants for half a minute: give every company of such a test a slug of its own.
    """
    with whole.running(common / f"live-{worker}") as address:
        yield address


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh browser window; an error of a script on the page fails the test."""
    context = browser.new_context(locale="en-GB", timezone_id=browsers.ZONE)
    context.set_default_timeout(browsers.PATIENCE_MS)
    faults: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda error: faults.extend([str(error)] if browsers.is_fault(error) else []))
    yield page
    context.close()
    assert not faults


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium of this process; take `browser.new_context()` in each test."""
    with browsers.chromium() as made:
        yield made
