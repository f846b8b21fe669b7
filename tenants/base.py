"""The declarative bases: one for the control database, one for every tenant's schema."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import MetaData, Text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import DeclarativeBase

# What annotations mean in PostgreSQL: text has no length, instants have a zone.
TYPES: dict[Any, Any] = {str: Text(), datetime: TIMESTAMP(timezone=True)}


class ControlBase(DeclarativeBase):
    """Tables of the control database. They carry no schema name: the search path gives it."""

    metadata = MetaData()
    type_annotation_map: ClassVar[dict[Any, Any]] = TYPES


class TenantBase(DeclarativeBase):
    """Tables of a tenant's schema. They carry no schema name: the transaction's search path gives it."""

    metadata = MetaData()
    type_annotation_map: ClassVar[dict[Any, Any]] = TYPES
