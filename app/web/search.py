"""The search of everything: what was typed stands in the address, found is what one may see."""

from flask import jsonify, render_template, request
from werkzeug.wrappers import Response

from app.core.actor import Actor
from app.domain.finding import queries, recents
from app.domain.finding.queries import TALK, Results
from app.records import registry, scope, searching
from app.ui import finding
from app.ui.http import see_other
from app.ui.marks import always
from app.ui.say import gettext as _
from app.ui.say import midway
from app.ui.standing.parts import Act
from app.ui.standing.words import formats
from app.web.doors import actor, workspace

# What a search that finds nothing may be the name of.
NAMED = {"contacts": "last_name", "companies": "name"}


@workspace.get("/search")
def show_search() -> str:
    """What is found in all records and conversations, or with `in` in one kind of them."""
    who, text, kind = actor(), request.args.get("q", "").strip(), request.args.get("in", "")
    if not searching.words(text):
        return render_template("web/search/page.html", text="", within=kind, recent=recents.of(who))
    found = _found(who, text, kind)
    write = formats()
    return render_template(
        "web/search/page.html",
        text=found.text,
        within=kind,
        recent=[],
        summary=finding.summary(found, write),
        tabs=finding.tabs(found, queries.kinds(who), write),
        groups=[] if kind else finding.groups(who, found, write),
        hits=finding.hits(who, found, write) if kind else [],
        begins=found.begins,
        next=found.next_cursor,
        list_href=_list(kind, found),
        empty=_empty(who, found) if not found.hits else None,
    )


@workspace.post("/searches")
@always
def remember_search() -> Response:
    """Something was found by this text: it is offered again."""
    recents.remember(actor(), request.form.get("q", ""))
    return jsonify(ok=True)


@workspace.post("/searches/removal")
@always
def forget_searches() -> Response:
    """None is offered any more."""
    recents.forget(actor())
    return see_other("/search")


def _found(who: Actor, text: str, kind: str) -> Results:
    if kind:
        return queries.within(who, kind, text, request.args.get("after"))
    return queries.everywhere(who, text)


def _list(kind: str, found: Results) -> str:
    """The table of the same records, where one filters, sorts and acts on many."""
    return finding.query(f"/{kind}", q=found.text) if kind and kind != TALK else ""


def _empty(who: Actor, found: Results) -> finding.Empty:
    """What helps who found nothing: other kinds, the trash, and to add what is not there yet."""
    others = {kind: count for kind, count in found.counts.items() if kind != found.within}
    return finding.Empty(
        elsewhere=finding.query("/search", q=found.text) if found.within and others else "",
        trash=[
            (finding.label(name), finding.query(f"/{name}", q=found.text, trash=1))
            for name in NAMED
            if scope.may(who, registry.get(name), "delete")
        ],
        acts=[
            Act(
                _("New %(object)s", object=midway(_(registry.get(name).singular))),
                finding.query(f"/{name}/new", **{field: found.text}),
                "plus",
            )
            for name, field in NAMED.items()
            if scope.may(who, registry.get(name), "create")
        ],
    )
