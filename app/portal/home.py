"""The first page of a portal: what is wrong and what is done about it, the relation over time, the latest."""

from flask import get_template_attribute, render_template

from app.domain.messages import queries as talks
from app.domain.messages import unread
from app.domain.standing.queries import standing_of
from app.portal import orders, words
from app.portal.doors import actor, portal
from app.records import reading
from app.records.reading import Query
from app.ui.standing import thread
from app.ui.standing.words import formats

SHOWN_ORDERS = 5
SHOWN_TALKS = 3


@portal.get("/")
def show_home() -> str:
    """The customer's own standing."""
    who, write = actor(), formats()
    found = standing_of(who)
    told = words.troubles(who, found, write)
    latest = reading.page(
        who, "orders", Query(sort="-placed_at", limit=SHOWN_ORDERS, fields=orders.ORDER, count=False)
    )
    threads = talks.of_customer(who, SHOWN_TALKS)
    line = get_template_attribute("components/thread.html", "thread")
    return render_template(
        "portal/home/page.html",
        troubles=told,
        state=found.state,
        next=words.next_promise(found, write),
        line=line(thread.drawing(found, write, lambda link: words.href(link.object, link.id)))
        if found.marks
        else "",
        rows=orders.rows(who, latest.rows, write),
        talks=threads,
        fresh=unread.unread(who, [each.thread.id for each in threads]),
        write=write,
    )
