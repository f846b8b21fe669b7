"""Formulas and roll-ups in the settings: what the form sends, tried while it is written, worked out anew."""

from collections.abc import Mapping
from typing import Any

from flask import render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.core.errors import Invalid
from app.domain.modelling import trying
from app.domain.modelling.queries import FieldSeen
from app.domain.modelling.rules import FieldWish
from app.domain.recounts import working
from app.records import registry
from app.records.formulas.functions import HELP
from app.ui import jobs as job_words
from app.ui import modelling_computed as words
from app.ui.errors import say
from app.ui.http import see_other, toast
from app.ui.modelling import kind_word
from app.ui.say import gettext as _
from app.ui.standing.words import formats
from app.web.doors import actor, workspace

Form = MultiDict[str, str]
ROWS = 3


@workspace.get("/settings/objects/<name>/trial")
def try_field_type(name: str) -> str:
    """What the formula or the roll-up would give, or what is wrong with it; a part of the form's page."""
    kind, field_name = request.args.get("kind", "formula"), request.args.get("field_name", "")
    wish = FieldWish(kind, {}, **asked(request.args, kind))
    try:
        trial = trying.attempt(actor(), name, field_name, wish)
    except Invalid as refused:
        problem = refused.problems[0]
        return render_template(
            "web/modelling/_trial.html", wrong=say(problem), mark=_mark(wish, problem.data)
        )
    return render_template(
        "web/modelling/_trial.html",
        result=kind_word(trial.field.kind),
        rows=words.shown(name, trial, formats()),
    )


@workspace.post("/settings/objects/<name>/fields/<field_name>/work-out")
def work_out_again(name: str, field_name: str) -> Response:
    """Have all records worked out anew."""
    trying.again(actor(), name)
    toast(_("All records are worked out anew, in the background."))
    return see_other(url_for("workspace.edit_field_type", name=name, field_name=field_name))


def asked(form: Form, kind: str, before: FieldWish | None = None) -> dict[str, Any]:
    """What the form says of how the field is worked out; nothing for other kinds."""
    if kind == "formula":
        result = before.result if before else form.get("result") or None
        return {"expression": form.get("expression", "").replace("\r\n", "\n").strip(), "result": result}
    if kind != "rollup":
        return {}
    kept = (before.rollup if before else None) or {}
    related = form.get("related", "") if not before else f"{kept.get('object')}.{kept.get('field')}"
    object_name, _dot, field = related.partition(".")
    rows = list(zip(*(form.getlist(f"where.{each}") for each in ("field", "op", "value")), strict=False))
    rollup = {
        "aggregate": form.get("aggregate", "count"),
        "object": object_name,
        "field": field,
        "of": form.get("of") or None,
        "by": form.get("by") or None,
        "where": words.where_of(rows) if rows or not kept else kept.get("where"),
    }
    return {"rollup": rollup, "result": before.result if before else None}


def of_form(object_name: str, wish: FieldWish, field: FieldSeen | None) -> Mapping[str, Any]:
    """What the form shows of how the field is worked out; nothing for other kinds."""
    described = registry.find(object_name)
    if wish.kind not in ("formula", "rollup") or described is None:
        return {}
    own = field.name if field else ""
    found: dict[str, Any] = {
        "names": words.names_of(described, but=own),
        "helps": [(each.example, _(each.told)) for each in HELP],
        "results": [(value, _(word)) for value, word in words.RESULTS.items()],
        "trial_url": url_for("workspace.try_field_type", name=object_name),
    }
    if wish.kind == "rollup":
        found |= _of_rollup(wish)
        found["related"] = words.related_to(described)
    if field is not None and not field.is_hidden:
        found["empties"] = words.told(object_name, trying.empties(actor(), object_name, own), formats())
        job = working.last(object_name)
        found["job"] = job_words.view(job, formats()) if job else None
    return found


def _of_rollup(wish: FieldWish) -> dict[str, Any]:
    rollup = wish.rollup or {}
    child = registry.find(str(rollup.get("object", "")))
    rows = words.conditions_of(rollup)
    found: dict[str, Any] = {
        "aggregates": [(value, _(word)) for value, word in words.AGGREGATES.items()],
        "conditions": [*rows, *[("", "eq", "")] * (ROWS - len(rows))],
        "operators": words.operators(),
    }
    if child is not None:
        found["taken"] = words.fields_of(child, but=str(rollup.get("field", "")))
        found["moments"] = words.moments_of(child)
        found["filters"] = words.filters_of(child)
        found["plural"] = _(child.plural)
    return found


def _mark(wish: FieldWish, data: Mapping[str, Any]) -> tuple[str, str] | None:
    """The line of the formula up to where it goes wrong, and the rest of it."""
    at, source = data.get("at"), wish.expression or ""
    if not isinstance(at, int) or not source:
        return None
    start = source.rfind("\n", 0, at) + 1
    end = source.find("\n", at)
    return source[start:at], source[at : end if end >= 0 else None]
