"""What is wrong with a plan, before any row is read by it."""

from collections import Counter
from collections.abc import Collection

from app.core.errors import Problem
from app.core.text import N_
from app.domain.imports.rules.plan import Plan

_NAMES = {"full_name": ("first_name", "last_name"), "first_name": ("full_name",), "last_name": ("full_name",)}
_SYSTEM_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_.-")


def complaints(
    plan: Plan,
    known: Collection[str],
    required: Collection[str],
    any_of: Collection[str],
    match_targets: Collection[str],
) -> list[Problem]:
    """Why this plan cannot run; empty where it can.

    `required` are fields that a new record must have, `any_of` those of which it must have one,
    `match_targets` what the chosen key needs.
    """
    chosen = [column.target for column in plan.columns if column.target]
    if not chosen:
        return [Problem("columns", "nothing", N_("No column goes anywhere yet. Choose at least one."))]
    found = [
        Problem("columns", "unknown", N_("There is no field %(name)s."), {"name": target})
        for target in chosen
        if target not in known
    ]
    found += _twice(chosen)
    found += _missing(plan, set(chosen), required, any_of)
    if match_targets and not set(match_targets) & set(chosen):
        message = N_("No column goes to what records are to be found by.")
        found.append(Problem("match", "not_mapped", message))
    return found + _systems(plan)


def _twice(chosen: list[str]) -> list[Problem]:
    message = N_("Two columns go to %(name)s. Leave one of them out.")
    return [
        Problem("columns", "twice", message, {"name": target})
        for target, count in Counter(chosen).items()
        if count > 1
    ]


def _missing(
    plan: Plan, chosen: set[str], required: Collection[str], any_of: Collection[str]
) -> list[Problem]:
    if plan.mode == "update":
        return []
    filled = chosen | {name for target in chosen for name in _NAMES.get(target, ())}
    missing = [name for name in required if name not in filled]
    message = N_("New records need %(name)s, and no column goes there.")
    found = [Problem("columns", "required", message, {"name": name}) for name in missing]
    if any_of and not filled & set(any_of):
        message = N_("New records need at least one of: %(names)s.")
        found.append(Problem("columns", "required", message, {"names": ", ".join(any_of)}))
    return found


def _systems(plan: Plan) -> list[Problem]:
    message = N_("The name of a system has small letters, digits, dots and hyphens only.")
    return [
        Problem("columns", "system", message, {"name": column.name})
        for column in plan.columns
        if (column.target == "external_id" or column.by == "external")
        and (not column.system or not set(column.system) <= _SYSTEM_LETTERS or len(column.system) > 60)
    ]
