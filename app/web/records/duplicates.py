"""Pages of duplicates: what may be one, two records side by side, and the merge itself."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from app.core.errors import Conflict, Invalid, NotFound, Problem
from app.core.ids import parse_id
from app.core.permissions import require
from app.domain.duplicates import actions, queries, searching, walking
from app.domain.duplicates.objects import is_compared, may_merge
from app.records import reading, registry, scope
from app.records.joining import moving, outcome, undoing
from app.records.record import Record
from app.records.titles import subtitle
from app.records.types import ObjectType
from app.ui.http import see_other, toast
from app.ui.jobs import view
from app.ui.records import compare, likeness
from app.ui.say import gettext as _
from app.ui.say import problem
from app.ui.standing.words import formats
from app.web.doors import actor, workspace
from app.web.records.reading_form import values as sent


@workspace.get("/<object:described>/duplicates")
def list_duplicates(described: ObjectType) -> str:
    """Pairs of records that may be one, with the reasons."""
    _mergeable(described)
    after = max(0, request.args.get("after", 0, type=int))
    found, total, more = queries.page(actor(), described.name, min(after, walking.MOST_PAIRS))
    write = formats()
    last = searching.last(actor(), described.name)
    return render_template(
        "web/duplicates/list.html",
        described=described,
        pairs=[(pair, likeness.reasons(pair.likeness)) for pair in found],
        total=write.number(total),
        sure=likeness.SURE,
        next=after + queries.PAGE if more else None,
        job=view(last, write) if last else None,
        is_compared=is_compared(described),
        write=write,
    )


@workspace.post("/<object:described>/duplicates/search")
def search_duplicates(described: ObjectType) -> Response:
    """Look through all records now."""
    job = searching.ask(actor(), described.name)
    return see_other(f"/jobs/{job.id}")


@workspace.post("/<object:described>/duplicates/apart")
def keep_apart(described: ObjectType) -> Response:
    """The two are not the same; they are not offered again."""
    one, other = (parse_id(request.form.get(name, "")) for name in ("one", "other"))
    if one is None or other is None:
        raise NotFound(described.name)
    actions.keep_apart(actor(), described.name, one, other)
    toast(_("Remembered: these are two"))
    return see_other(f"/{described.name}/duplicates")


@workspace.post("/<object:described>/duplicates/likely")
def show_likely(described: ObjectType) -> str:
    """What is being typed into a form may be there already."""
    require(actor(), described.permission("write"))
    given = sent(described, request.form)
    record_id = parse_id(request.form.get("record_id", ""))
    found = queries.of(actor(), described.name, values=given, record_id=record_id)
    return render_template(
        "web/duplicates/_likely.html",
        described=described,
        found=[(each, likeness.reasons(each.likeness)) for each in found if each.record_id != record_id],
    )


@workspace.get("/<object:described>/<uuid:record_id>/merge")
def compare_records(described: ObjectType, record_id: UUID) -> str:
    """The two side by side; without another one those that may be the same."""
    _mergeable(described)
    other = parse_id(request.args.get("with", ""))
    if other is None or other == record_id:
        return _choosing(described, record_id)
    return _comparing(described, record_id, other)


@workspace.post("/<object:described>/<uuid:record_id>/merge")
def merge_records(described: ObjectType, record_id: UUID) -> Response:
    """The other record becomes a part of this one."""
    other = parse_id(request.form.get("with", ""))
    if other is None:
        raise NotFound(described.name)
    names = {each.name for each in outcome.choosable(described)}
    choices = {name: side for name, side in request.form.items() if name in names}
    versions = (request.form.get("keep_version", 0, type=int), request.form.get("drop_version", 0, type=int))
    dropped = reading.fetch(actor(), described.name, other)
    try:
        actions.merge(actor(), described.name, record_id, other, choices, versions=versions)
    except Conflict as conflict:
        return _again(described, record_id, other, choices, [_(str(conflict))])
    except Invalid as refused:
        return _again(described, record_id, other, choices, _sentences(refused.problems))
    toast(
        _("%(name)s is merged", name=dropped.title or _(described.singular)),
        f"/{described.name}/{other}/merge/reversal",
    )
    return see_other(f"/{described.name}/{record_id}")


@workspace.post("/<object:described>/<uuid:record_id>/merge/reversal")
def unmerge_records(described: ObjectType, record_id: UUID) -> Response:
    """Both are again what they were; what somebody changed since is named and stays."""
    actions.unmerge(actor(), described.name, record_id)
    toast(_("The merge is taken back"))
    return see_other(f"/{described.name}/{record_id}")


def _mergeable(described: ObjectType) -> None:
    require(actor(), described.permission("write"))
    require(actor(), described.permission("delete"))
    if not may_merge(described):
        raise NotFound(described.name)


def _sentences(problems: tuple[Problem, ...]) -> list[str]:
    return [problem(each.message, each.data) for each in problems]


def _again(
    described: ObjectType, keep_id: UUID, drop_id: UUID, choices: Mapping[str, Any], errors: list[str]
) -> Response:
    return make_response(_comparing(described, keep_id, drop_id, choices, errors), 409)


def _choosing(described: ObjectType, record_id: UUID) -> str:
    record = reading.fetch(actor(), described.name, record_id)
    found = queries.of(actor(), described.name, record_id=record_id)
    return render_template(
        "web/duplicates/choose.html",
        described=described,
        record=record,
        found=[(each, likeness.reasons(each.likeness)) for each in found],
    )


def _comparing(
    described: ObjectType,
    keep_id: UUID,
    drop_id: UUID,
    choices: Mapping[str, Any] | None = None,
    errors: list[str] | None = None,
) -> str:
    who = actor()
    keep, drop = (reading.fetch(who, described.name, each) for each in (keep_id, drop_id))
    seen = scope.seen(who, registry.get(described.name))
    taken = choices or actions.defaults(described.name, keep.values, drop.values)
    return render_template(
        "web/duplicates/compare.html",
        described=described,
        keep=keep,
        drop=drop,
        subtitles=[_subtitle(described, each) for each in (keep, drop)],
        lines=compare.comparison(seen, keep, drop, formats(), taken),
        reasons=likeness.reasons(queries.between(who, described.name, keep_id, drop_id)),
        moves=likeness.moving(moving.counts(described, drop_id)),
        days=undoing.KEPT.days,
        errors=errors or [],
        write=formats(),
    )


def _subtitle(described: ObjectType, record: Record) -> str:
    return subtitle(described, record.values)
