"""Settings > Objects and fields: the company's own model, changed by who manages the workspace."""

from collections.abc import Mapping
from typing import Any

from flask import make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from app.core.errors import Invalid, NotFound
from app.domain.modelling import actions, ordering, queries, rules
from app.domain.modelling.queries import FieldSeen, ObjectSeen
from app.domain.modelling.rules import KINDS, FieldWish
from app.domain.views import queries as views
from app.ui.errors import by_field
from app.ui.http import see_other, toast
from app.ui.modelling import TOLD, VISIBILITY, kind_icon, kind_word
from app.ui.modelling_defaults import default_shown
from app.ui.modelling_icons import icon_word
from app.ui.records.values import countries
from app.ui.say import gettext as _
from app.ui.standing.words import formats
from app.web import modelling_computed
from app.web import modelling_form as form
from app.web.doors import actor, workspace
from app.web.modelling_history import way_back


@workspace.get("/settings/objects")
def list_object_types() -> str:
    """All objects, with how many fields each was given."""
    return render_template(
        "web/modelling/list.html",
        crumbs=[(_("Settings"), url_for("workspace.show_settings")), (_("Objects and fields"), None)],
        objects=queries.every(actor()),
        most=rules.MOST_OBJECTS,
    )


@workspace.get("/settings/objects/new")
def new_object_type() -> str:
    """The form for an object of the company's own."""
    queries.every(actor())
    return _object_form({})


@workspace.post("/settings/objects")
def add_object_type() -> Response:
    """A new object, then its page."""
    words = form.words_of(request.form)
    try:
        made = actions.add_object(
            actor(), words["singular"], words["plural"], icon=request.form.get("icon") or None
        )
    except Invalid as refused:
        return make_response(_object_form(words, refused), 422)
    toast(_("%(name)s is added. Give it fields of its own.", name=_(made.plural)), way_back())
    return see_other(url_for("workspace.show_object_type", name=made.name))


@workspace.get("/settings/objects/<name>")
def show_object_type(name: str) -> str:
    """One object: its fields, its words and its icon."""
    return _object_page(queries.one(actor(), name))


@workspace.post("/settings/objects/<name>")
def change_object_type(name: str) -> Response:
    """Other words or another icon."""
    words, icon = form.words_of(request.form), request.form.get("icon")
    try:
        actions.change_object(actor(), name, singular=words["singular"], plural=words["plural"], icon=icon)
    except Invalid as refused:
        return make_response(_object_page(queries.one(actor(), name), words, refused), 422)
    toast(_("Saved."), way_back())
    return see_other(url_for("workspace.show_object_type", name=name))


@workspace.post("/settings/objects/<name>/visibility")
def hide_object_type(name: str) -> Response:
    """Hide an object with all its records, or show it again."""
    is_hidden = "hide" in request.form
    actions.change_object(actor(), name, is_hidden=is_hidden)
    toast(_("Hidden; its records are kept.") if is_hidden else _("Shown again."), way_back())
    return see_other(url_for("workspace.show_object_type", name=name))


@workspace.post("/settings/objects/<name>/order")
def order_field_types(name: str) -> Response:
    """Let the company's own fields stand in the order of the list."""
    ordering.order_fields(actor(), name, request.form.getlist("order"))
    if (back := way_back()) is not None:
        toast(_("The fields stand in this order now"), back)
    return see_other(url_for("workspace.show_object_type", name=name))


@workspace.get("/settings/objects/<name>/fields/new")
def new_field_type(name: str) -> str:
    """Choose a kind; with `?kind=` the form for such a field."""
    seen, kind = queries.one(actor(), name), request.args.get("kind", "")
    if kind not in KINDS:
        return render_template(
            "web/modelling/kinds.html",
            crumbs=_crumbs(seen, _("New field")),
            seen=seen,
            kinds=[(each, TOLD[each][0], kind_word(each), TOLD[each][1]) for each in KINDS],
        )
    given = modelling_computed.asked(request.args, kind)
    return _field_form(seen, None, FieldWish(kind, {}, visibility="opinion", **given))


@workspace.post("/settings/objects/<name>/fields")
def add_field_type(name: str) -> Response:
    """A new field, then the object's page."""
    seen = queries.one(actor(), name)
    wish = form.wish_of(request.form, request.form.get("kind", ""))
    try:
        actions.add_field(actor(), name, wish)
    except Invalid as refused:
        return make_response(_field_form(seen, None, wish, refused), 422)
    toast(_("%(name)s is added", name=next(iter(wish.labels.values()), "")), way_back())
    return see_other(url_for("workspace.show_object_type", name=name))


@workspace.get("/settings/objects/<name>/fields/<field_name>")
def edit_field_type(name: str, field_name: str) -> str:
    """The form with what the field is now."""
    seen = queries.one(actor(), name)
    field = queries.field_of(seen, field_name)
    return _field_form(seen, field, field.wish)


@workspace.post("/settings/objects/<name>/fields/<field_name>")
def change_field_type(name: str, field_name: str) -> Response:
    """Store what the form holds; of a standard field its words and its place in the table."""
    seen = queries.one(actor(), name)
    field = queries.field_of(seen, field_name)
    wish = form.wish_of(request.form, field.kind, field.wish)
    try:
        actions.change_field(actor(), name, field_name, form.changes(wish, is_custom=field.is_custom))
    except Invalid as refused:
        return make_response(_field_form(seen, field, wish, refused), 422)
    toast(_("Saved."), way_back())
    return see_other(url_for("workspace.show_object_type", name=name))


@workspace.post("/settings/objects/<name>/fields/<field_name>/visibility")
def hide_field_type(name: str, field_name: str) -> Response:
    """Hide a field with all its values, or show it again."""
    is_hidden = "hide" in request.form
    actions.change_field(actor(), name, field_name, {"is_hidden": is_hidden})
    toast(_("Hidden; its values are kept.") if is_hidden else _("Shown again."), way_back())
    return see_other(url_for("workspace.show_object_type", name=name))


def _object_form(words: Mapping[str, Any], refused: Invalid | None = None) -> str:
    return render_template(
        "web/modelling/new.html",
        crumbs=[
            (_("Objects and fields"), url_for("workspace.list_object_types")),
            (_("New object"), None),
        ],
        words=words,
        usual={},
        icon_now=request.form.get("icon", "box"),
        icons=_icons(),
        errors=form.placed(by_field(refused)),
        longest=rules.LONGEST_LABEL,
    )


def _object_page(
    seen: ObjectSeen, words: Mapping[str, Any] | None = None, refused: Invalid | None = None
) -> str:
    return render_template(
        "web/modelling/object.html",
        crumbs=[(_("Objects and fields"), url_for("workspace.list_object_types")), (_(seen.plural), None)],
        seen=seen,
        words=words or seen.words,
        usual=seen.usual,
        icon_now=request.form.get("icon", seen.icon),
        icons=_icons(seen.icon),
        errors=form.placed(by_field(refused)),
        kind_word=kind_word,
        kind_icon=kind_icon,
        longest=rules.LONGEST_LABEL,
        most=rules.MOST_FIELDS,
        most_indexed=rules.MOST_INDEXED,
    )


def _icons(*also: str) -> list[tuple[str, str]]:
    """The icons to choose from, each with what it shows."""
    return [(name, _(icon_word(name))) for name in dict.fromkeys((*rules.ICONS, *also))]


def _field_form(
    seen: ObjectSeen, field: FieldSeen | None, wish: FieldWish, refused: Invalid | None = None
) -> str:
    if wish.kind not in KINDS and field is None:
        raise NotFound("fields")
    return render_template(
        "web/modelling/field.html",
        crumbs=_crumbs(
            seen, _(field.label) if field else _("New field: %(kind)s", kind=kind_word(wish.kind))
        ),
        seen=seen,
        field_seen=field,
        wish=wish,
        errors=form.placed(by_field(refused)),
        kind_word=kind_word(wish.kind),
        kind_told=TOLD[wish.kind][1] if wish.kind in TOLD else "",
        targets=[(each.name, _(each.plural)) for each in queries.every(actor()) if not each.is_hidden],
        visibilities=[(value, _(word)) for value, word in VISIBILITY],
        rules=rules,
        default_shown=default_shown(wish, formats()),
        countries=[("", "–"), *countries(formats().locale)],
        made=modelling_computed.of_form(seen.name, wish, field),
        views=views.using(actor(), seen.name, field.name) if field else None,
    )


def _crumbs(seen: ObjectSeen, last: str) -> list[tuple[str, str | None]]:
    return [
        (_("Objects and fields"), url_for("workspace.list_object_types")),
        (_(seen.plural), url_for("workspace.show_object_type", name=seen.name)),
        (last, None),
    ]
