"""The first page of operators: how the installation is, and what needs a hand."""

from flask import render_template

from app.domain.operators import overview as views
from app.domain.operators import slow
from app.domain.operators.queries import operators
from app.domain.plans import rules
from app.ui.say import gettext as _
from app.web.operator.doors import operator


@operator.get("")
def show_overview() -> str:
    """Cells, revisions, jobs that were given up, long work."""
    return render_template(
        "web/operator/overview.html",
        crumbs=[(_("Overview"), None)],
        now=views.overview(),
        buckets=views.buckets(),
        operators=operators(),
        owner_of=views.owner_of,
        size=rules.bytes_in_words,
    )


@operator.get("/slow")
def show_slow() -> str:
    """Companies whose pages take longest, each with what helps."""
    return render_template("web/operator/slow.html", crumbs=[(_("Slow"), None)], found=slow.slowest())
