"""How a deal's stage, outcome and end hang together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True)
class Step:
    """A stage as the rules see it, in the order of its pipeline."""

    id: UUID
    pipeline_id: UUID
    probability: int
    outcome: str


def settled(
    steps: Sequence[Step], values: Mapping[str, Any], named: frozenset[str], now: datetime
) -> dict[str, Any]:
    """What else must change where the fields `named` of a deal with these `values` were just set.

    A stage brings its outcome and probability along; an outcome moves the deal to a stage of that outcome;
    a deal without either begins at the first open stage.
    """
    found: dict[str, Any] = {}
    stage = next((step for step in steps if step.id == values.get("stage_id")), None)
    outcome = values.get("outcome") or "open"
    if "stage_id" in named and stage is not None:
        outcome = found["outcome"] = stage.outcome
    elif stage is None or ("outcome" in named and stage.outcome != outcome):
        stage = _of_outcome(steps, stage, outcome)
        if stage is not None:
            found["stage_id"] = stage.id
    if stage is not None and "probability" not in named and ("stage_id" in named or "stage_id" in found):
        found["probability"] = stage.probability
    if outcome == "open":
        found["closed_at"] = None
    elif values.get("closed_at") is None:
        found["closed_at"] = now
    return found


def _of_outcome(steps: Sequence[Step], stage: Step | None, outcome: str) -> Step | None:
    own = stage.pipeline_id if stage else None
    fitting = [step for step in steps if step.outcome == outcome]
    return next((step for step in fitting if step.pipeline_id == own), fitting[0] if fitting else None)
