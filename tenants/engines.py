"""The databases of this process: the control database, the cells as their owner, the buckets of tenants."""

import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import psycopg
from sqlalchemy import URL, Engine, ExceptionContext, event, make_url, text

from tenants import names
from tenants.breaker import Breakers
from tenants.context import Tenant
from tenants.driver import libpq_arguments, make_engine
from tenants.hook import open_as_control, open_as_tenant
from tenants.pool import BucketEngine, BucketPool, PoolSettings, asked
from tenants.secrets import Vault

__all__ = ["Engines", "NotConfigured", "PoolSettings", "configure", "engines"]


class NotConfigured(RuntimeError):
    """The process has not been told where its databases are."""


class Engines:
    """The databases of this process."""

    def __init__(self, control_url: str, secret_keys: Sequence[str], pools: PoolSettings) -> None:
        self.control_url = control_url
        self.vault = Vault(control_url, secret_keys)
        self.breakers = Breakers()
        self.control = self._engine(control_url, "kith control", pools)
        # Short transactions beside the session's: with a pool of their own they never wait for
        # a connection that is held by someone who waits for them.
        self.catalogue = self._engine(control_url, "kith catalogue", pools)
        for engine in (self.control, self.catalogue):
            open_as_control(engine)
        self._shared = self._shared_engine(pools)
        # The same for tenants: few, opened only where somebody needs them.
        self._beside = self._shared_engine(replace(pools, pool_size=1, max_overflow=3))
        self._lock = threading.Lock()
        self._buckets: dict[str, BucketEngine] = {}
        self._beside_buckets: dict[str, BucketEngine] = {}

    def tenant(self, tenant: Tenant) -> Engine:
        """The engine of the tenant's bucket; a transaction on it is the current tenant's."""
        return self._bucket(self._buckets, self._shared, tenant)

    def beside(self, tenant: Tenant) -> Engine:
        """The same for a short transaction beside the session's; not for one that waits for it."""
        return self._bucket(self._beside_buckets, self._beside, tenant)

    def _bucket(self, known: dict[str, BucketEngine], shared: Engine, tenant: Tenant) -> BucketEngine:
        engine = known.get(tenant.bucket)
        if engine is None:
            fresh = BucketEngine(shared, names.login_name(tenant.bucket), tenant.cell)
            with self._lock:
                engine = known.setdefault(tenant.bucket, fresh)
        return engine

    def cell_url(self, cell_id: str) -> str:
        """Where a cell is, as its owner: always the server itself, for what needs a session of its own."""
        query = text("SELECT dsn_encrypted FROM kith.cells WHERE id = :id")
        with self.catalogue.begin() as connection:
            return self.vault.open(connection.execute(query, {"id": cell_id}).scalar_one())

    def bucket_url(self, login: str) -> tuple[URL, bool]:
        """Where a bucket's transactions go, as its login; whether that is the cell's pooler."""
        query = text(
            "SELECT b.password_encrypted, c.dsn_encrypted, c.pooler_encrypted"
            " FROM kith.buckets b JOIN kith.cells c ON c.id = b.cell_id"
            " WHERE b.login_role = :login"
        )
        with self.catalogue.begin() as connection:
            password, dsn, pooler = connection.execute(query, {"login": names.login_name(login)}).one()
        place = make_url(self.vault.open(pooler or dsn))
        return place.set(username=login, password=self.vault.open(password)), pooler is not None

    def open_connections(self) -> dict[str, int]:
        """How many connections each bucket's login has from this process."""
        pool = self._shared.pool
        return pool.open() if isinstance(pool, BucketPool) else {}

    def _shared_engine(self, pools: PoolSettings) -> Engine:
        """One engine for all buckets: a statement is compiled once, whoever runs it."""
        engine = make_engine(
            "postgresql://",
            application="kith",
            connect=self._connect,
            poolclass=BucketPool,
            settings=pools,
            pool_recycle=pools.recycle,
        )
        event.listen(engine, "handle_error", _drop_doubtful)
        open_as_tenant(engine)
        return engine

    def _connect(self, named: dict[str, Any]) -> psycopg.Connection[Any]:
        """Open a connection to where the bucket that is asked for is now."""
        bucket = asked()
        url, is_pooled = self.bucket_url(bucket.login)
        named |= libpq_arguments(url)
        if is_pooled:
            # Behind a pooler the next statement may reach another backend than the one that prepared it.
            named["prepare_threshold"] = None
        return self.breakers.of(bucket.cell).connect(named)

    @staticmethod
    def _engine(url: str, application: str, pools: PoolSettings) -> Engine:
        return make_engine(
            url,
            application=application,
            pool_size=pools.pool_size,
            max_overflow=pools.max_overflow,
            pool_timeout=pools.timeout,
            pool_recycle=pools.recycle,
            pool_use_lifo=True,
        )

    def dispose(self) -> None:
        """Close every connection; the engines open new ones when they are used again."""
        for engine in (self.control, self.catalogue, self._shared, self._beside):
            engine.dispose()


def _drop_doubtful(context: ExceptionContext) -> None:
    """A connection that broke says something about those of its bucket, nothing about the others."""
    context.invalidate_pool_on_disconnect = False
    if context.is_disconnect and isinstance(context.engine, BucketEngine):
        context.engine.drop_idle()


_engines: Engines | None = None


def configure(control_url: str, secret_keys: Sequence[str], pools: PoolSettings | None = None) -> Engines:
    """Tell this process where its databases are; called once at its start, again only in tests."""
    global _engines
    if _engines is not None:
        _engines.dispose()
    _engines = Engines(control_url, secret_keys, pools or PoolSettings())
    return _engines


def engines() -> Engines:
    """The databases of this process; raises NotConfigured before `configure`."""
    if _engines is None:
        raise NotConfigured("call tenants.engines.configure(control_url, secret_keys) first")
    return _engines
