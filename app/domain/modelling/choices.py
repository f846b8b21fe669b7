"""The choices of a field of the company's own: what is left out stays where records have it."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import exists, select

from app.records import registry
from app.records.types import ObjectType
from tenants.session import session

Told = Sequence[Mapping[str, Any]]


def kept(object_name: str, name: str, before: Told, wished: Told) -> Told:
    """What is wished, and what it leaves out although records have it: that is retired.

    A choice that no record has, in the trash neither, is gone.
    """
    left = {each["value"] for each in wished if "value" in each}
    out = [each for each in before if each["value"] not in left]
    stay = [{**each, "is_retired": True} for each in out if _is_used(object_name, name, each["value"])]
    return (*wished, *stay) if stay else wished


def _is_used(object_name: str, name: str, value: str) -> bool:
    described: ObjectType = registry.get(object_name)
    if name not in described.table.c:
        return True  # the field is hidden: nobody can tell
    column = described.table.c[name]
    has_it = column.contains([value]) if described.by_name[name].kind == "choices" else column == value
    return bool(session.scalar(select(exists(select(1).select_from(described.table).where(has_it)))))
