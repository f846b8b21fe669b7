"""The home page of a workspace, what is done on it, and the samples it offers."""

from flask import render_template, request
from werkzeug.wrappers import Response

from app.core.actor import Actor
from app.core.clock import now
from app.core.permissions import OBJECTS
from app.domain.demo import actions as demo
from app.domain.demo import samples
from app.domain.letters import queries as letters
from app.domain.standing import relations, today
from app.domain.workspace import queries as workspaces
from app.records import registry, scope
from app.ui import news
from app.ui import today as told
from app.ui.http import see_other, toast
from app.ui.letters import waiting
from app.ui.say import gettext as _
from app.ui.standing.words import formats
from app.web.doors import actor, workspace

MAY_SAMPLE = "demo:clear"
MOST_LETTERS = 5
NEW = ("companies", "contacts", "deals", "orders", "incidents", "activities")


@workspace.get("/")
def show_today() -> str:
    """What needs this member now; `?mine=1` leaves out the relations of others."""
    who, write = actor(), formats()
    mine = request.args.get("mine") == "1"
    found = relations.in_need(who.member_id if mine else None, actor=who)
    facts = today.news(who.member_id, _readable(who), actor=who)
    if not found and not facts and today.is_empty():
        return render_template(
            "web/today/empty.html",
            may_sample=MAY_SAMPLE in who.permissions,
            may_invite="members:manage" in who.permissions,
            may_import="imports:run" in who.permissions,
            may_add=scope.may(who, registry.get("companies"), "create"),
        )
    return render_template(
        "web/today/page.html",
        needs=[told.need(one, write) for one in found],
        day=_day(who),
        kept=told.kept(today.kept_by_day(who), write),
        news=[news.line(fact, write) for fact in facts],
        has_samples=MAY_SAMPLE in who.permissions and samples.exist(),
        may_write=scope.may(who, registry.get("activities"), "update"),
        may_plan=scope.may(who, registry.get("activities"), "create"),
        mine=mine,
        new=_new(who),
        letters=waiting(letters.waiting(who, MOST_LETTERS)) if "messages:read" in who.permissions else [],
        may=who.permissions,
        date=write.long_date(write.today),
        **_pipeline(who),
    )


@workspace.post("/samples")
def fill_samples() -> Response:
    """Fill an empty workspace with samples."""
    return see_other(f"/jobs/{demo.start_filling(actor()).id}")


@workspace.post("/samples/clearing")
def clear_samples() -> Response:
    """Remove the samples and nothing else."""
    job = demo.start_clearing(actor())
    toast(_("The samples are being cleared; what you added stays"))
    return see_other(f"/jobs/{job.id}")


def _new(who: Actor) -> list[tuple[str, str, str]]:
    """What this member may add: word, address, icon."""
    known = {each.name: each for each in registry.every()}
    return [
        (_(known[name].singular), f"/{name}/new", known[name].icon)
        for name in NEW
        if name in known and scope.may(who, known[name], "create")
    ]


def _day(who: Actor) -> list[told.Item]:
    if who.member_id is None or "activities:read" not in who.permissions:
        return []
    write = formats()
    return [told.item(row, now(), write) for row in today.my_day(who.member_id, who)]


def _pipeline(who: Actor) -> dict[str, object]:
    if "deals:read" not in who.permissions:
        return {"bars": [], "weighted": ""}
    write, currency = formats(), workspaces.setting("currency")
    stages = today.pipeline(currency, who)
    if not any(stage.deals for stage in stages):
        return {"bars": [], "weighted": ""}
    return {"bars": told.bars(stages, write), "weighted": told.weighted(stages, currency, write)}


def _readable(who: Actor) -> list[str]:
    return [name for name in OBJECTS if f"{name}:read" in who.permissions]
