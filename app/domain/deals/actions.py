"""What is done to pipelines."""

from collections.abc import Mapping

from sqlalchemy import Insert, exists, insert, literal, select, true, values

from app.domain.deals.models import Pipeline, Stage
from app.records.tables import table_of
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
    session.execute(seeding_pipeline(language))


def seeding_pipeline(language: str) -> Insert:
    """What `seed_pipeline` does, as a part of another statement."""
    name, *names = NAMES.get(language[:2], NAMES["en"])
    nothing_yet = select(literal(name), true()).where(~exists().select_from(Pipeline))
    first = (
        insert(Pipeline).from_select(["name", "is_default"], nothing_yet).returning(Pipeline.id).cte("first")
    )
    columns = table_of(Stage).c
    told = (columns.name, columns.position, columns.probability, columns.outcome)
    stage = values(*told, name="stage").data(
        [(each, at, *outcome) for at, (each, outcome) in enumerate(zip(names, STAGES, strict=True))]
    )
    filled = ["pipeline_id", *(column.name for column in told)]
    return insert(Stage).from_select(filled, select(first.c.id, *stage.c).join_from(first, stage, true()))
