"""Many records of a table at once: what is selected, or all that the list shows."""

from collections.abc import Sequence
from dataclasses import replace
from typing import cast
from urllib.parse import parse_qsl
from uuid import UUID

from flask import render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.core.errors import Invalid, NotFound
from app.core.ids import parse_id
from app.core.permissions import require
from app.domain.bulk import actions, queries, rules
from app.domain.bulk.rules import Selection, Verb, Wanted
from app.domain.purging import actions as purging
from app.domain.purging.queries import going
from app.records import filters
from app.records.columns import fields_of
from app.records.types import Field, ObjectType
from app.ui.http import own_path, see_other, toast
from app.ui.records import bulk as words
from app.ui.records import forms
from app.ui.records.columns import shown
from app.ui.say import gettext as _
from app.ui.say import problem
from app.ui.standing.words import formats
from app.web.doors import actor, workspace
from app.web.records.asked import chosen_in
from app.web.records.standard import standard_of

EXPORT, PURGE = "export", "purge"
ACTIONS = (*rules.VERBS, EXPORT, PURGE)


@workspace.get("/<object:described>/bulk/<action>")
def offer_bulk(described: ObjectType, action: str) -> str:
    """The dialog in which one decides what shall happen to the selected records."""
    _allow(described, action)
    selection = _selection(described, request.args)
    field = _field(described, action)
    return render_template(
        "web/records/bulk.html",
        described=described,
        action=action,
        words=words.of(described, action),
        fields=words.choices(_settable(described)) if action == "edit" else [],
        field=field,
        input=_input(field) if field else None,
        told=_told(described, action, selection, field),
        contents=words.contents(described, _columns(described)) if action == EXPORT else [],
        content=words.SHOWN if _chosen(described) else "all",
        carried={name: request.args.get(name, "") for name in ("ids", "all", "list")},
    )


@workspace.get("/<object:described>/bulk/<action>/preview")
def preview_bulk(described: ObjectType, action: str) -> str:
    """What it would do, for the frame below the value."""
    _allow(described, action)
    selection = _selection(described, request.args)
    told = _told(described, action, selection, _field(described, action))
    return render_template("web/records/bulk_preview.html", told=told)


@workspace.post("/<object:described>/bulk/<action>")
def start_bulk(described: ObjectType, action: str) -> Response:
    """A job does it; the list says how far it is."""
    _allow(described, action)
    back = own_path(f"/{described.name}?{request.form.get('list', '')}".rstrip("?"), f"/{described.name}")
    try:
        selection = _selection(described, request.form)
        if action == EXPORT:
            job = actions.export(actor(), described.name, selection, _fields(described))
            return see_other(f"/jobs/{job.id}")
        if action == PURGE:
            job = purging.ask(actor(), described.name, selection)
            return see_other(f"/jobs/{job.id}")
        job = actions.ask(actor(), described.name, _wanted(described, action, selection))
    except Invalid as refused:
        toast(" ".join(problem(each.message, each.data) for each in refused.problems), broken=True)
        return see_other(back)
    toast(_(job.title), job_id=job.id)
    return see_other(back)


def _allow(described: ObjectType, action: str) -> None:
    if action not in ACTIONS:
        raise NotFound(action)
    if action == PURGE:
        require(actor(), purging.PERMISSION)
    if action != EXPORT:
        require(actor(), described.permission("delete" if action == PURGE else rules.RIGHTS[action]))


def _selection(described: ObjectType, sent: MultiDict[str, str]) -> Selection:
    """The records that are ticked, or with `all` whatever the list in `list` shows."""
    if sent.get("all"):
        asked = MultiDict(parse_qsl(sent.get("list", ""), keep_blank_values=True))
        where = filters.parse_params(described, asked, actor())
        return Selection(None, where, asked.get("q", "").strip() or None)
    ids: list[UUID | None] = [parse_id(each) for each in sent.get("ids", "").split(",") if each]
    return Selection([each for each in ids if each])


def _fields(described: ObjectType) -> Sequence[str] | None:
    """What the file shall hold; None: all fields."""
    is_shown = request.form.get("fields", words.SHOWN if _chosen(described) else "all") == words.SHOWN
    return fields_of(described, _columns(described)) if is_shown else None


def _columns(described: ObjectType) -> Sequence[str]:
    """The columns that the list has."""
    return _chosen(described) or standard_of(actor(), described)


def _chosen(described: ObjectType) -> Sequence[str]:
    """Those of them that were chosen."""
    listed = MultiDict(parse_qsl(request.values.get("list", ""), keep_blank_values=True))
    return chosen_in(described, listed, actor()).names


def _wanted(described: ObjectType, action: str, selection: Selection) -> Wanted:
    field = _field(described, action)
    values = {field.name: _given(field)} if field else {}
    return Wanted(cast(Verb, action), selection, values)


def _given(field: Field) -> str:
    """What the input holds; of several choices, or records, those that are ticked."""
    sent = request.values.getlist("value")
    if field.kind in ("choices", "relations"):
        return ",".join(each for each in sent if each)
    return sent[0] if sent else ""


def _settable(described: ObjectType) -> list[Field]:
    return queries.settable(actor(), described.name)


def _field(described: ObjectType, action: str) -> Field | None:
    """The field that gets a value: the one chosen, else the first that the table shows."""
    if action not in ("edit", "assign"):
        return None
    known = {each.name: each for each in _settable(described)}
    if action == "assign":
        if rules.OWNER not in known:
            raise NotFound(action)
        return known[rules.OWNER]
    usual = next((name for name in shown(described) if name in known), next(iter(known), ""))
    chosen = request.values.get("field", usual)
    if chosen not in known:
        raise NotFound(chosen)
    return known[chosen]


def _input(field: Field) -> forms.Input:
    return replace(forms.input_for(field, formats(), None), name="value", value="")


def _told(described: ObjectType, action: str, selection: Selection, field: Field | None) -> words.Told:
    """What would happen, in words; before a value is given only how many records there are."""
    try:
        if action == PURGE:
            return words.going(going(actor(), described.name, selection), formats())
        if action == EXPORT or (field and "value" not in request.values):
            return words.counted(queries.count(actor(), described.name, selection), formats())
        found = queries.preview(actor(), described.name, _wanted(described, action, selection))
        return words.told(found, action, formats())
    except Invalid as refused:
        return words.wrong(" ".join(problem(each.message, each.data) for each in refused.problems))
