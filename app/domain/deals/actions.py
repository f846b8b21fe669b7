"""What is done to pipelines."""

import json
from collections.abc import Mapping

from sqlalchemy import text

from tenants.session import session

# (probability in percent, outcome) of the stages that every workspace begins with.
STAGES = ((20, "open"), (50, "open"), (75, "open"), (100, "won"), (0, "lost"))
# Names become the tenant's own data, so they are written once, in its language.
NAMES: Mapping[str, tuple[str, ...]] = {
    "en": ("Sales", "Qualified", "Proposal", "Negotiation", "Won", "Lost"),
    "de": ("Vertrieb", "Qualifiziert", "Angebot", "Verhandlung", "Gewonnen", "Verloren"),
}


_SEED = text(
    "WITH first AS (INSERT INTO pipelines (name, is_default) SELECT :name, true"
    " WHERE NOT EXISTS (SELECT FROM pipelines) RETURNING id)"
    " INSERT INTO stages (pipeline_id, name, position, probability, outcome)"
    " SELECT first.id, stage.name, stage.position, stage.probability, stage.outcome"
    " FROM first, json_populate_recordset(NULL::stages, CAST(:stages AS json)) AS stage"
)


def seed_pipeline(language: str) -> None:
    """Give a new workspace its first pipeline; one that has a pipeline keeps what it has."""
    pipeline, *stages = NAMES.get(language[:2], NAMES["en"])
    rows = [
        {"name": name, "position": position, "probability": probability, "outcome": outcome}
        for position, (name, (probability, outcome)) in enumerate(zip(stages, STAGES, strict=True))
    ]
    session.execute(_SEED, {"name": pipeline, "stages": json.dumps(rows)})
