"""Pipelines and their stages."""

from sqlalchemy import select

from app.domain.deals.models import Pipeline, Stage
from app.domain.deals.rules import Step
from tenants.session import session


def steps() -> list[Step]:
    """All stages in the order of pipelines and stages, the default pipeline's first."""
    rows = session.execute(
        select(Stage.id, Stage.pipeline_id, Stage.probability, Stage.outcome)
        .join(Pipeline, Pipeline.id == Stage.pipeline_id)
        .order_by(Pipeline.is_default.desc(), Pipeline.position, Pipeline.id, Stage.position, Stage.id)
    )
    return [Step(row.id, row.pipeline_id, row.probability, row.outcome) for row in rows]
