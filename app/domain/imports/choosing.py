"""What follows from sending a column elsewhere: its key, its system."""

from dataclasses import replace

from app.domain.imports.rules.plan import DEFAULT_SYSTEM, Column
from app.domain.imports.targets import EXTERNAL, targets


def retargeted(object_name: str, column: Column, target: str) -> Column:
    """The column sent to `target`, with the key that is likeliest there."""
    fresh = replace(column, target=target, by="", system="", create=False, invert=False, percent=False)
    return rekeyed(object_name, fresh)


def rekeyed(object_name: str, column: Column) -> Column:
    """The column with a key where its relation needs one, and a system where its ids need one."""
    target = targets(object_name).get(column.target)
    keys = target.keys if target else ()
    by = column.by if column.by in keys else next(iter(keys), "")
    needs_system = column.target == EXTERNAL or by == "external"
    return replace(column, by=by, system=(column.system or DEFAULT_SYSTEM) if needs_system else "")
