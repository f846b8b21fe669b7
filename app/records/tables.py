"""The engine's own tables, and the columns that every record has."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, cast
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ForeignKey,
    LargeBinary,
    Numeric,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    column,
    func,
    table,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TIMESTAMP
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import UserDefinedType, Uuid

from tenants.base import TenantBase

Instant = Annotated[datetime, mapped_column(TIMESTAMP(timezone=True))]
Words = Annotated[str, mapped_column(Text)]
Amount = Annotated[Decimal, mapped_column(Numeric(19, 4))]
Json = Annotated[dict[str, Any], mapped_column(JSONB)]
Small = Annotated[int, mapped_column(SmallInteger)]
Key = Annotated[UUID, mapped_column(Uuid, primary_key=True, server_default=func.uuidv7())]
Created = Annotated[datetime, mapped_column(TIMESTAMP(timezone=True), server_default=func.now())]


POINTS_TO = "points_to"


def to(target: str, ondelete: str = "SET NULL") -> Any:
    """A column that points to the id of `target`."""
    return mapped_column(Uuid, ForeignKey(f"{target}.id", ondelete=ondelete))


def points_to(object_name: str, **given: str) -> dict[str, Any]:
    """What `info` of a column says that holds ids of records without a foreign key.

    They are records of that object in rows where other columns hold what is `given`.
    """
    return {POINTS_TO: (object_name, given)}


def table_of(model: type[DeclarativeBase]) -> Table:
    """The table of a model."""
    return cast(Table, model.__table__)


def array_of(ids: Iterable[UUID]) -> BindParameter[Any]:
    """Ids as one parameter, for `= any_(...)`: one for each costs more to build than to run."""
    return bindparam(None, list(ids), ARRAY(Uuid))


class RecordColumns:
    """The columns that every record has, whatever its object."""

    id: Mapped[Key] = mapped_column(sort_order=-9)
    version: Mapped[int] = mapped_column(server_default="1", sort_order=-8)
    created_at: Mapped[Created] = mapped_column(sort_order=-7)
    updated_at: Mapped[Created] = mapped_column(sort_order=-6)
    created_by: Mapped[UUID | None] = mapped_column(sort_order=-5)
    updated_by: Mapped[UUID | None] = mapped_column(sort_order=-4)
    deleted_at: Mapped[Instant | None] = mapped_column(sort_order=-3)
    custom: Mapped[Json] = mapped_column(server_default="{}", sort_order=-2)


class CustomRecord(RecordColumns, TenantBase):
    """A record of an object that the tenant added; what it has beside name and owner lies in `custom`."""

    __tablename__ = "records"

    object: Mapped[Words]
    name: Mapped[Words]
    owner_id: Mapped[UUID | None] = to("members")


class Xid8(UserDefinedType[str]):
    """A transaction's id that never wraps around, as text."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "xid8"


class ObjectTypeRow(TenantBase):
    """What a tenant changed about a standard object, and its custom objects."""

    __tablename__ = "object_types"

    id: Mapped[Key]
    name: Mapped[Words] = mapped_column(unique=True)
    labels: Mapped[Json] = mapped_column(server_default="{}")
    icon: Mapped[Words | None]
    is_custom: Mapped[bool] = mapped_column(server_default="false")
    title_field: Mapped[Words | None]
    options: Mapped[Json] = mapped_column(server_default="{}")
    position: Mapped[int] = mapped_column(server_default="0")
    hidden_at: Mapped[Instant | None]
    created_at: Mapped[Created]
    updated_at: Mapped[Created]


class FieldRow(TenantBase):
    """A field that a tenant changed or added."""

    __tablename__ = "fields"
    __table_args__ = (UniqueConstraint("object", "name"),)

    id: Mapped[Key]
    object: Mapped[Words]
    name: Mapped[Words]
    kind: Mapped[Words]
    labels: Mapped[Json] = mapped_column(server_default="{}")
    help: Mapped[Json] = mapped_column(server_default="{}")
    is_custom: Mapped[bool] = mapped_column(server_default="true")
    is_required: Mapped[bool] = mapped_column(server_default="false")
    is_unique: Mapped[bool] = mapped_column(server_default="false")
    is_searchable: Mapped[bool] = mapped_column(server_default="false")
    is_sortable: Mapped[bool] = mapped_column(server_default="false")
    is_personal: Mapped[bool] = mapped_column(server_default="false")
    keeps_history: Mapped[bool] = mapped_column(server_default="false")
    visibility: Mapped[Words] = mapped_column(server_default="shared")
    default_value: Mapped[Any | None] = mapped_column(JSONB)
    options: Mapped[Json] = mapped_column(server_default="{}")
    index_state: Mapped[Words] = mapped_column(server_default="none")
    position: Mapped[int] = mapped_column(server_default="0")
    hidden_at: Mapped[Instant | None]
    created_at: Mapped[Created]
    updated_at: Mapped[Created]


class Link(TenantBase):
    """A relation between any two records."""

    __tablename__ = "links"
    __table_args__ = (UniqueConstraint("kind", "from_object", "from_id", "to_object", "to_id"),)

    id: Mapped[Key]
    kind: Mapped[Words]
    from_object: Mapped[Words]
    from_id: Mapped[UUID]
    to_object: Mapped[Words]
    to_id: Mapped[UUID]
    data: Mapped[Json] = mapped_column(server_default="{}")
    created_at: Mapped[Created]
    created_by: Mapped[UUID | None]


class Identifier(TenantBase):
    """One e-mail, phone, domain or external id of a record."""

    __tablename__ = "identifiers"

    id: Mapped[Key]
    object: Mapped[Words]
    record_id: Mapped[UUID]
    kind: Mapped[Words]
    system: Mapped[Words] = mapped_column(server_default="")
    value: Mapped[Words]
    display: Mapped[Words]
    purpose: Mapped[Words] = mapped_column(server_default="")
    is_primary: Mapped[bool] = mapped_column(server_default="false")
    is_exclusive: Mapped[bool] = mapped_column(server_default="false")
    is_live: Mapped[bool] = mapped_column(server_default="true")
    verified_at: Mapped[Instant | None]
    position: Mapped[Small] = mapped_column(server_default="0")


class Fact(TenantBase):
    """What happened, written once."""

    __tablename__ = "facts"

    id: Mapped[Key]
    at: Mapped[Created]
    xid: Mapped[str] = mapped_column(Xid8, server_default=func.pg_current_xact_id())
    actor_kind: Mapped[Words]
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[Words] = mapped_column(server_default="")
    door: Mapped[Words]
    verb: Mapped[Words]
    object: Mapped[Words | None]
    record_id: Mapped[UUID | None]
    title: Mapped[Words] = mapped_column(server_default="")
    fields: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    about: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default="{}")
    data: Mapped[Json] = mapped_column(server_default="{}")
    rows_count: Mapped[int] = mapped_column(server_default="1")
    job_id: Mapped[UUID | None]
    request_id: Mapped[Words | None]


class FactValues(TenantBase):
    """Before and after of a fact, apart from it so that they can be erased."""

    __tablename__ = "fact_values"

    id: Mapped[Key]
    fact_id: Mapped[UUID] = mapped_column(ForeignKey("facts.id"))
    object: Mapped[Words]
    record_id: Mapped[UUID | None]
    changes: Mapped[Json | None]
    journal: Mapped[bytes | None] = mapped_column(LargeBinary)
    keeps_history: Mapped[bool] = mapped_column(server_default="false")
    created_at: Mapped[Created]


class SearchEntry(TenantBase):
    """What a record is found by."""

    __tablename__ = "search"

    object: Mapped[Words]
    record_id: Mapped[UUID] = mapped_column(primary_key=True)
    title: Mapped[Words]
    subtitle: Mapped[Words] = mapped_column(server_default="")
    body: Mapped[Words]
    owner_id: Mapped[UUID | None]
    updated_at: Mapped[Created]


identifiers = table_of(Identifier)
facts = table_of(Fact)
fact_values = table_of(FactValues)
search = table_of(SearchEntry)
records = table_of(CustomRecord)
object_types = table_of(ObjectTypeRow)
field_rows = table_of(FieldRow)

# Other floors own these two; the engine only reads (and counts numbers in) them.
members = table(
    "members",
    column("id", Uuid()),
    column("name", Text()),
    column("email", Text()),
    column("removed_at", TIMESTAMP(timezone=True)),
)
settings = table("settings", column("key", Text()), column("value", JSONB()), column("updated_at"))
