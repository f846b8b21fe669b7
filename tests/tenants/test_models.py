"""The models say what the revisions made."""

from importlib import import_module
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, MetaData, NullPool, create_engine, make_url, text
from sqlalchemy.dialects.postgresql.base import ischema_names

from app.config import ROOT, Settings
from app.records.tables import Xid8
from tenants.base import ControlBase, TenantBase
from tenants.context import Tenant
from tenants.engines import engines

# Indexes are made for queries, not for the models; expressions in them cannot be compared anyway.
UNCOMPARED = {"add_index", "remove_index"}
TABLES_WITHOUT_MODEL = {"alembic_version"}
# PostgreSQL's type of transaction numbers, which SQLAlchemy does not know by itself.
ischema_names["xid8"] = Xid8

for path in sorted((ROOT / "app").rglob("*.py")):
    if path.stem in {"models", "tables"}:
        import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))


def test_control_models_equal_the_revisions(settings: Settings, databases: None) -> None:
    assert _differences(settings.database_url, "kith", ControlBase.metadata) == []


def test_tenant_models_equal_the_revisions(tenant: Tenant) -> None:
    url = engines().cell_url(tenant.cell)
    assert _differences(url, tenant.schema, TenantBase.metadata) == []


def _differences(url: str, schema: str, metadata: MetaData) -> list[Any]:
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"), poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text(f"SET LOCAL search_path = {schema}, ext"))
        connection.dialect.default_schema_name = schema
        return [found for found in _compare(connection, metadata) if found[0] not in UNCOMPARED]


def _compare(connection: Connection, metadata: MetaData) -> list[Any]:
    context = MigrationContext.configure(
        connection, opts={"compare_type": True, "include_object": _is_compared}
    )
    found: list[Any] = []
    for difference in compare_metadata(context, metadata):
        found += difference if isinstance(difference, list) else [difference]
    return found


def _is_compared(thing: Any, name: str | None, kind: str, reflected: bool, other: Any) -> bool:
    return not (kind == "table" and name in TABLES_WITHOUT_MODEL)
