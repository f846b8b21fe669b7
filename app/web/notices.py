"""What the signed-in member was told."""

from flask import render_template, request
from werkzeug.wrappers import Response

from app.core.ids import parse_id
from app.domain.notices import actions, queries
from app.ui.http import see_other
from app.ui.marks import always
from app.ui.notices import view
from app.ui.standing.words import formats
from app.web.doors import actor, workspace

A_PAGE = 50


@workspace.get("/notices")
def notices() -> str:
    """The list, newest first."""
    found = queries.page(actor(), before=parse_id(request.args.get("before", "")), limit=A_PAGE)
    write = formats()
    shown = [view(notice, write) for notice in found]
    return render_template(
        "web/notices/list.html",
        notices=shown,
        next=shown[-1].id if len(shown) == A_PAGE else None,
        formats=write,
    )


@workspace.post("/notices/readings")
@always
def read_notices() -> Response:
    """Mark as read: those named by `id`, or all."""
    named = [found for text in request.form.getlist("id") if (found := parse_id(text))]
    actions.read(actor(), named or None)
    return see_other("/notices")
