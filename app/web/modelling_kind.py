"""Settings > Objects and fields > a field > its kind: what it could become, looked at before it is done."""

from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from app.core.errors import Invalid, NotFound
from app.domain.modelling import queries
from app.domain.modelling.queries import FieldSeen
from app.domain.retyping import actions
from app.domain.retyping.rules import POSSIBLE
from app.records import labels, registry
from app.ui.http import see_other, toast
from app.ui.modelling import TOLD, kind_icon, kind_word, refusal
from app.ui.modelling_history import ASPECTS
from app.ui.records.history import shown
from app.ui.say import gettext as _
from app.ui.say import problem
from app.ui.standing.words import formats
from app.web.doors import actor, workspace


@workspace.get("/settings/objects/<name>/fields/<field_name>/kind")
def show_kind(name: str, field_name: str) -> str:
    """The kinds that the field could become; with `?to=` whether all its values fit."""
    seen = queries.one(actor(), name)
    field = _field(seen, field_name)
    wanted = request.args.get("to", "")
    known = POSSIBLE.get(field.kind, ())
    check, refused = None, ""
    known_as, write = registry.get(name).by_name.get(field_name), formats()
    try:
        check = actions.check(actor(), name, field_name, wanted) if wanted in known else None
    except Invalid as problems:
        refused = refusal(problems)
    titles = labels.titles_of(actor(), name, {each.record_id for each in check.told} if check else ())
    return render_template(
        "web/modelling/kind.html",
        crumbs=[
            (_(seen.plural), url_for("workspace.show_object_type", name=name)),
            (_(field.label), url_for("workspace.edit_field_type", name=name, field_name=field_name)),
            (_("Another kind"), None),
        ],
        seen=seen,
        field_seen=field,
        kinds=[(each, kind_icon(each), kind_word(each), TOLD[each][1]) for each in known],
        table=[(kind_word(kind), [kind_word(each) for each in those]) for kind, those in POSSIBLE.items()],
        wanted=wanted,
        kind_word=kind_word,
        check=check,
        refused=refused,
        given_up=[_(ASPECTS[each]) for each in check.given_up] if check else [],
        told=[
            (
                each.record_id,
                titles.get(each.record_id) or "–",
                shown(known_as, each.value, None, write),
                problem(each.problem.message, each.problem.data),
            )
            for each in (check.told if check else ())
        ],
    )


@workspace.post("/settings/objects/<name>/fields/<field_name>/kind")
def change_kind(name: str, field_name: str) -> Response:
    """Begin the change; the field stays as it is until every value is looked at."""
    _field(queries.one(actor(), name), field_name)
    try:
        job = actions.ask(actor(), name, field_name, request.form.get("to", ""))
    except Invalid as refused:
        toast(refusal(refused), broken=True)
        return see_other(url_for("workspace.show_kind", name=name, field_name=field_name))
    toast(_("The kind is being changed"), job_id=job.id)
    return see_other(url_for("workspace.show_object_type", name=name))


def _field(seen: queries.ObjectSeen, name: str) -> FieldSeen:
    field = queries.field_of(seen, name)
    if not field.is_custom or field.is_hidden or seen.is_hidden:
        raise NotFound("fields")
    return field
