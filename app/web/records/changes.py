"""Changing records: create, edit, one field in its place, trash, restoration, taking an edit back."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from flask import Response, jsonify, make_response, render_template, request
from werkzeug.wrappers import Response as Answer

from app.core.errors import Conflict, Invalid, NotAllowed, NotFound, Problem
from app.core.ids import parse_id
from app.core.permissions import require
from app.core.text import N_
from app.domain.duplicates.objects import is_compared
from app.domain.files import adding
from app.records import defaults, habits, reading, scope, undo, writing
from app.records.labels import titles_of
from app.records.record import Record
from app.records.types import Field, ObjectType
from app.records.values.words import several
from app.ui.formats import Formats
from app.ui.http import own_path, see_other, toast
from app.ui.records import about, forms, values
from app.ui.records.clashes import KEEP, THEIRS, Clash, clashes
from app.ui.records.table import in_place
from app.ui.say import gettext as _
from app.ui.say import problem
from app.ui.standing.words import formats
from app.web.doors import actor, workspace
from app.web.records import reading_form
from app.web.records.attached import named_files
from app.web.records.finding import title_of
from app.web.records.reading_form import values as sent

# The files of a form that no field names; no field's name has a point in it.
ATTACHED = "files.attached"


@workspace.get("/<object:described>/new")
def new_record(described: ObjectType) -> str:
    """An empty form; the address may fill fields in, as `?company_id=...`."""
    if not scope.may(actor(), described, "create"):
        raise NotAllowed(described.permission("write"))
    asked = {name: text for name, text in request.args.items() if name in described.by_name}
    given = {**_begun(described), **asked}
    return _form(described, given=given, labels=_labels(described, given))


@workspace.post("/<object:described>")
def create_record(described: ObjectType) -> Answer:
    """A new record, then its page."""
    given = sent(described, request.form)
    try:
        record = adding.create(actor(), described.name, given, _attached(), path=ATTACHED)
    except Invalid as refused:
        return make_response(_form(described, given=given, problems=refused.problems), 422)
    address = f"/{described.name}/{record.id}"
    toast(_("%(name)s is added", name=record.title or _(described.singular)), f"{address}/trash")
    return see_other(own_path(request.form.get("next"), address))


@workspace.get("/<object:described>/<uuid:record_id>/edit")
def edit_record(described: ObjectType, record_id: UUID) -> str:
    """The form of all fields."""
    require(actor(), described.permission("write"))
    return _form(described, record=_changeable(described, record_id))


@workspace.post("/<object:described>/<uuid:record_id>")
def update_record(described: ObjectType, record_id: UUID) -> Answer:
    """All fields of the form at once; what others changed meanwhile in other fields stays."""
    given = sent(described, request.form)
    base = request.form.get("base_version", type=int)
    mine = {name: value for name, value in given.items() if request.form.get(KEEP + name) != THEIRS}
    try:
        writing.update(actor(), described.name, record_id, mine, base_version=base)
    except Invalid as refused:
        return _refused(described, record_id, given, 422, problems=refused.problems)
    except Conflict as conflict:
        told = list(clashes(actor(), described, conflict, formats()))
        return _refused(described, record_id, given, 409, clashing=told)
    return see_other(f"/{described.name}/{record_id}")


@workspace.get("/<object:described>/<uuid:record_id>/fields/<field_name>")
def field_control(described: ObjectType, record_id: UUID, field_name: str) -> str:
    """The control that edits one field in its place."""
    field = _editable(described, field_name)
    record = _changeable(described, record_id)
    files = tuple(named_files(actor(), described, record).items())
    made = forms.input_for(field, formats(), record, files=files)
    return render_template("web/records/control.html", input=made)


@workspace.patch("/<object:described>/<uuid:record_id>/fields/<field_name>")
def change_field(described: ObjectType, record_id: UUID, field_name: str) -> Response:
    """One field, changed in its place; refused with a sentence."""
    field = _editable(described, field_name)
    base = request.form.get("base_version", type=int)
    given = {field.name: reading_form.in_place(field, request.form.get("value", ""))}
    before = reading.fetch(actor(), described.name, record_id)
    try:
        writing.update(actor(), described.name, record_id, given, base_version=base)
    except Invalid as refused:
        return _telling(422, " ".join(problem(p.message, p.data) for p in refused.problems))
    except Conflict as conflict:
        return _clashing(described, field, record_id, conflict)
    record = reading.fetch(actor(), described.name, record_id)
    # Others changed other fields since the page was drawn.
    behind = base is not None and (before.version != base or record.version > base + 1)
    return jsonify(
        **_stands(described, field, record),
        behind=behind,
        **(_way_back(record, field) if record.version != before.version else {}),
    )


def _stands(described: ObjectType, field: Field, record: Record) -> dict[str, Any]:
    """The field as it is stored: as the place shows it, as an input holds it, and in which version."""
    write = formats()
    return {
        "html": _drawn(described, field, record, write),
        "value": values.raw(field, record.get(field.name), write),
        "version": record.version,
    }


def _drawn(described: ObjectType, field: Field, record: Record, write: Formats) -> str:
    """The value as the place shows it where it was changed."""
    if field.kind == "files":
        return about.named(record.get(field.name) or (), named_files(actor(), described, record))
    if field.stored:
        return values.show(field, write)(record)
    return about.several(field, record.get(field.name), write)


def _way_back(record: Record, field: Field) -> dict[str, Any]:
    """What the toast after an edit says, and where it is taken back."""
    fact_id = undo.last_edit(record.id)
    if fact_id is None:
        return {}
    return {
        "message": _("%(field)s changed", field=_(field.label)),
        "undo": {"label": _("Undo"), "url": f"/facts/{fact_id}/reversal"},
    }


@workspace.post("/<object:described>/<uuid:record_id>/trash")
def trash_record(described: ObjectType, record_id: UUID) -> Answer:
    """Into the trash; the next page offers the way back."""
    record = reading.fetch(actor(), described.name, record_id)
    writing.trash(actor(), described.name, record_id)
    toast(
        _("%(name)s is in the trash", name=record.title or _(described.singular)),
        f"/{described.name}/{record_id}/restoration",
    )
    return see_other(f"/{described.name}")


@workspace.post("/<object:described>/<uuid:record_id>/restoration")
def restore_record(described: ObjectType, record_id: UUID) -> Answer:
    """Out of the trash."""
    record = writing.restore(actor(), described.name, record_id)
    toast(_("%(name)s is back", name=record.title or _(described.singular)))
    return see_other(f"/{described.name}/{record_id}")


@workspace.post("/facts/<uuid:fact_id>/reversal")
def reverse_fact(fact_id: UUID) -> Answer:
    """Take one edit back, unless something later stands on it."""
    undo.undo(actor(), fact_id)
    toast(_("The change is taken back"))
    return see_other(own_path(urlsplit(request.referrer or "").path))


def _changeable(described: ObjectType, record_id: UUID) -> Record:
    """The record, where one may change it."""
    record = reading.fetch(actor(), described.name, record_id)
    scope.permit(actor(), described, "update", [record_id])
    return record


def _attached() -> list[UUID]:
    """The files that were brought for the record beside those of its fields."""
    found = [parse_id(each) for each in request.form.getlist(ATTACHED)]
    if None in found:
        raise Invalid.one(ATTACHED, "not_an_id", N_("This is no id."))
    return [each for each in found if each]


def _editable(described: ObjectType, name: str) -> Field:
    require(actor(), described.permission("write"))
    field = described.by_name.get(name)
    if field is None or not in_place(field):
        raise NotFound(name)
    return field


def _labels(described: ObjectType, given: Mapping[str, Any]) -> dict[str, str]:
    """What the records that a new one shall belong to are called."""
    found = {}
    for name, value in given.items():
        field = described.by_name[name]
        if field.kind == "relation" and field.target and value:
            found[name] = title_of(actor(), field.target, str(value))
    return found


def _titles(described: ObjectType, given: Mapping[str, Any]) -> dict[str, str]:
    """What the records are called that fields of several were given."""
    found: dict[str, str] = {}
    for field in described.holding:
        ids = [known for each in several(given.get(field.name)) if (known := parse_id(str(each)))]
        found |= {str(each): title for each, title in titles_of(actor(), field.holds, ids).items()}
    return found


def _begun(described: ObjectType) -> dict[str, str]:
    """What the company's own fields begin with, as inputs hold it."""
    own = [each for each in described.columns if each.custom and each.default is not None]
    reading, write = habits.of(actor()), formats()
    found = {each: defaults.value(each, actor(), reading) for each in own}
    return {each.name: values.raw(each, value, write) for each, value in found.items() if value is not None}


def _form(
    described: ObjectType,
    *,
    record: Record | None = None,
    given: Mapping[str, Any] | None = None,
    labels: Mapping[str, str] | None = None,
    problems: Sequence[Problem] = (),
    clashing: Sequence[Clash] = (),
) -> str:
    files = tuple(named_files(actor(), described, record).items()) if record else ()
    made = forms.groups(
        described,
        formats(),
        record=record,
        given=given,
        labels=labels,
        problems=problems,
        files=files,
        titles=_titles(described, given or {}),
    )
    return render_template(
        "web/records/form.html",
        described=described,
        record=record,
        groups=made,
        likely_url=f"/{described.name}/duplicates/likely"
        if record is None and is_compared(described)
        else "",
        clashes=clashing,
        attached=ATTACHED,
        errors=[(p.path.split(".")[0], problem(p.message, p.data)) for p in problems],
        next=own_path(request.values.get("next"), "") if request.values.get("next") else "",
    )


def _refused(
    described: ObjectType,
    record_id: UUID,
    given: Mapping[str, Any],
    status: int,
    *,
    problems: Sequence[Problem] = (),
    clashing: Sequence[Clash] = (),
) -> Answer:
    record = reading.fetch(actor(), described.name, record_id)
    page = _form(described, record=record, given=given, problems=problems, clashing=clashing)
    return make_response(page, status)


def _clashing(described: ObjectType, field: Field, record_id: UUID, conflict: Conflict) -> Response:
    """The three values of the field to choose from, and what is stored of it."""
    told = next(clashes(actor(), described, conflict, formats()))
    record = reading.fetch(actor(), described.name, record_id)
    three = {"label": told.label, "base": told.base, "theirs": told.theirs, "yours": told.yours}
    answer = jsonify(
        message=_("Somebody else changed the same meanwhile. Choose what stays."),
        clash={**three, **_stands(described, field, record)},
    )
    answer.status_code = 409
    return answer


def _telling(status: int, message: str) -> Response:
    answer = jsonify(message=message)
    answer.status_code = status
    return answer
