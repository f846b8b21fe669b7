"""One small pool per bucket of tenants, so that a backend meets few schemas; the least used is closed."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, QueuePool, make_url, text

from tenants import names
from tenants.context import Tenant
from tenants.driver import make_engine
from tenants.hook import open_as_control, open_as_tenant
from tenants.secrets import Vault


class NotConfigured(RuntimeError):
    """The process has not been told where its databases are."""


@dataclass(frozen=True)
class PoolSettings:
    """Sizes per engine, and how many buckets stay open; times in seconds."""

    pool_size: int = 4
    max_overflow: int = 4
    timeout: float = 10.0
    recycle: int = 1200
    open_buckets: int = 16


class Engines:
    """The databases of this process: control, cells as their owner, buckets of tenants."""

    def __init__(self, control_url: str, secret_keys: Sequence[str], pools: PoolSettings) -> None:
        self.control_url = control_url
        self.vault = Vault(secret_keys)
        self.control = self._engine(control_url, "kith control", pools)
        # Short transactions beside the session's: with a pool of their own they never wait for
        # a connection that is held by someone who waits for them.
        self.catalogue = self._engine(control_url, "kith catalogue", pools)
        for engine in (self.control, self.catalogue):
            open_as_control(engine)
        self._pools = pools
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, Engine] = OrderedDict()

    def tenant(self, tenant: Tenant) -> Engine:
        """The engine of the tenant's bucket; a transaction on it is the current tenant's."""
        with self._lock:
            engine = self._buckets.get(tenant.bucket)
            if engine is not None:
                self._buckets.move_to_end(tenant.bucket)
                return engine
        return self._open(tenant.bucket)

    def _open(self, login: str) -> Engine:
        fresh = self._engine(self._bucket_url(login), "kith", self._pools)
        open_as_tenant(fresh)
        with self._lock:
            engine = self._buckets.setdefault(login, fresh)
            self._buckets.move_to_end(login)
            self._close_idle()
        return engine

    def _close_idle(self) -> None:
        """Close least used buckets beyond the limit, but none that is at work."""
        surplus = len(self._buckets) - self._pools.open_buckets
        for login in list(self._buckets)[: max(surplus, 0)]:
            pool = self._buckets[login].pool
            if isinstance(pool, QueuePool) and pool.checkedout() == 0:
                self._buckets.pop(login).dispose()

    def cell_url(self, cell_id: str) -> str:
        """Where a cell is, as its owner."""
        query = text("SELECT dsn_encrypted FROM kith.cells WHERE id = :id")
        with self.catalogue.begin() as connection:
            return self.vault.open(connection.execute(query, {"id": cell_id}).scalar_one())

    def open_logins(self) -> list[str]:
        """The buckets with an open pool, least recently used first."""
        with self._lock:
            return list(self._buckets)

    def _bucket_url(self, login: str) -> str:
        query = text(
            "SELECT b.password_encrypted, c.dsn_encrypted"
            " FROM kith.buckets b JOIN kith.cells c ON c.id = b.cell_id"
            " WHERE b.login_role = :login"
        )
        with self.catalogue.begin() as connection:
            password, dsn = connection.execute(query, {"login": names.login_name(login)}).one()
        url = make_url(self.vault.open(dsn)).set(username=login, password=self.vault.open(password))
        return url.render_as_string(hide_password=False)

    @staticmethod
    def _engine(url: str, application: str, pools: PoolSettings) -> Engine:
        return make_engine(
            url,
            application=application,
            pool_size=pools.pool_size,
            max_overflow=pools.max_overflow,
            pool_timeout=pools.timeout,
            pool_recycle=pools.recycle,
        )

    def dispose(self) -> None:
        """Close every connection; the engines open new ones when they are used again."""
        with self._lock:
            for engine in (self.control, self.catalogue, *self._buckets.values()):
                engine.dispose()
            self._buckets.clear()


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
