"""The choices of a field as its form sends them, and one choice replaced by another."""

from collections.abc import Iterator
from typing import Any

from flask import request, url_for
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.wrappers import Response

from app.domain.bulk import replacing
from app.domain.modelling.rules import slug
from app.ui.http import see_other
from app.web.doors import actor, workspace

Form = ImmutableMultiDict[str, str]


@workspace.post("/settings/objects/<name>/fields/<field_name>/replace")
def replace_choice(name: str, field_name: str) -> Response:
    """Retire a choice and give the records that have it another; then the job's page."""
    old, new = request.form.get("old", ""), request.form.get("new", "")
    job = replacing.ask(actor(), name, field_name, old, new)
    return see_other(url_for("workspace.job", job_id=job.id))


def choices_of(form: Form) -> tuple[dict[str, Any], ...]:
    """Rows with a word, in their order; one that is new gets a value made of it."""
    taken = {value for value in form.getlist("choices.value") if value}
    return tuple(_choices(form, taken))


def _choices(form: Form, taken: set[str]) -> Iterator[dict[str, Any]]:
    values = form.getlist("choices.value")
    columns = [_column(form, name, len(values)) for name in ("en", "de", "state", "retired")]
    for value, english, german, state, retired in zip(values, *columns, strict=True):
        told = {"en": " ".join(english.split()), "de": " ".join(german.split())}
        labels = {language: text for language, text in told.items() if text}
        if not labels:
            continue
        called = value or _free(slug(next(iter(labels.values()))), taken)
        taken.add(called)
        extra = {**({"state": state} if state else {}), **({"is_retired": True} if retired else {})}
        yield {"value": called, "labels": labels, **extra}


def _column(form: Form, name: str, count: int) -> list[str]:
    given = form.getlist(f"choices.{name}")
    return [*given, *[""] * count][:count]


def _free(word: str, taken: set[str]) -> str:
    name = word if word[:1].isalpha() else f"c_{word}".rstrip("_")
    names = [name, *(f"{name}_{number}" for number in range(2, len(taken) + 3))]
    return next(each for each in names if each not in taken)
