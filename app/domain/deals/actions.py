"""What is done to pipelines."""

from collections.abc import Mapping

from sqlalchemy import exists, func, literal, update
from sqlalchemy.dialects.postgresql import JSONB

from app.core.statements import Part
from app.domain.deals.models import Pipeline, Stage

# What a new workspace's pipeline and its stages are called: each language's word for the one that a schema
# is built with. Names are the tenant's own data, so they are written once, in its language.
NAMES: Mapping[str, Mapping[str, str]] = {
    "de": {
        "Sales": "Vertrieb",
        "Qualified": "Qualifiziert",
        "Proposal": "Angebot",
        "Negotiation": "Verhandlung",
        "Won": "Gewonnen",
        "Lost": "Verloren",
    }
}


def naming(language: str) -> list[Part]:
    """Call a new workspace's pipeline and stages in its language, as parts of another statement."""
    words = NAMES.get(language[:2])
    return [_renaming(model, words) for model in (Pipeline, Stage)] if words else []


def _renaming(model: type[Pipeline | Stage], words: Mapping[str, str]) -> Part:
    said = func.coalesce(literal(words, JSONB)[model.name].astext, model.name)
    return lambda once_for: update(model).values(name=said).where(exists().select_from(once_for))
