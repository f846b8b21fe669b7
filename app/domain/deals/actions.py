"""What is done to pipelines."""

from collections.abc import Mapping

from sqlalchemy import insert, select

from app.core.ids import new_id
from app.domain.deals.models import Pipeline, Stage
from tenants.session import session

# (probability in percent, outcome) of the stages that every workspace begins with.
STAGES = ((20, "open"), (50, "open"), (75, "open"), (100, "won"), (0, "lost"))
# Names become the tenant's own data, so they are written once, in its language.
NAMES: Mapping[str, tuple[str, ...]] = {
    "en": ("Sales", "Qualified", "Proposal", "Negotiation", "Won", "Lost"),
    "de": ("Vertrieb", "Qualifiziert", "Angebot", "Verhandlung", "Gewonnen", "Verloren"),
}


def seed_pipeline(language: str) -> None:
    """Give a new workspace its first pipeline; one that has a pipeline keeps what it has."""
    if session.scalar(select(Pipeline.id).limit(1)) is not None:
        return
    pipeline, *stages = NAMES.get(language[:2], NAMES["en"])
    pipeline_id = new_id()
    session.execute(insert(Pipeline).values(id=pipeline_id, name=pipeline, is_default=True))
    rows = [
        {"id": new_id(), "pipeline_id": pipeline_id, "name": name, "position": position}
        | {"probability": probability, "outcome": outcome}
        for position, (name, (probability, outcome)) in enumerate(zip(stages, STAGES, strict=True))
    ]
    session.execute(insert(Stage), rows)
