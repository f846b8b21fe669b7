"""The declarative bases: one for the control database, one for every tenant's schema."""

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase


class ControlBase(DeclarativeBase):
    """Tables of the control database. They carry no schema name: the search path gives it."""

    metadata = MetaData()


class TenantBase(DeclarativeBase):
    """Tables of a tenant's schema. They carry no schema name: the transaction's search path gives it."""

    metadata = MetaData()
