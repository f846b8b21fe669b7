"""Mappings that worked, kept for the next file with the same columns."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.core.actor import Actor
from app.core.clock import now
from app.domain.imports.rules.plan import Plan, recall, remembered
from app.domain.workspace.models import Setting
from tenants.session import session


def keep(actor: Actor, plan: Plan) -> None:
    """Remember the plan's mapping for its object."""
    value: dict[str, Any] = {"columns": remembered(plan), "mode": plan.mode, "match": plan.match}
    row = insert(Setting).values(key=_key(plan.object), value=value, updated_by=actor.member_id)
    session.execute(
        row.on_conflict_do_update(
            index_elements=["key"],
            set_={
                "value": row.excluded.value,
                "updated_at": now(),
                "updated_by": actor.member_id,
            },
        )
    )


def apply(plan: Plan) -> tuple[Plan, bool]:
    """The plan with what was kept for a file with the same columns, and whether anything was."""
    kept = session.scalar(select(Setting.value).where(Setting.key == _key(plan.object)))
    if not isinstance(kept, dict) or set(kept.get("columns", {})) != {each.name for each in plan.columns}:
        return plan, False
    return recalled(plan, kept), True


def recalled(plan: Plan, kept: dict[str, Any]) -> Plan:
    """The plan with a kept mapping laid over it."""
    columns = recall(plan.columns, kept["columns"])
    return Plan(
        plan.object,
        columns,
        plan.format,
        kept.get("mode", plan.mode),
        kept.get("match", plan.match),
        is_mended=plan.is_mended,
    )


def _key(object_name: str) -> str:
    return f"import_mapping:{object_name}"
