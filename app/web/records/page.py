"""The page of one record: standing bar, its fields, its timeline and what belongs to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import g, redirect, render_template, request
from werkzeug.wrappers import Response

from app.core.actor import Actor
from app.core.grants import Verb
from app.domain.duplicates.objects import may_merge
from app.domain.files import queries as files
from app.domain.messages import queries as messages
from app.domain.portal.queries import access
from app.domain.purging.actions import PERMISSION as PURGE
from app.domain.retyping import kinds
from app.domain.standing import queries
from app.records import reading, registry, scope
from app.records.changer import changer
from app.records.columns import needed
from app.records.counts import related_counts
from app.records.joining import absorbed
from app.records.reading import Query
from app.records.record import Record
from app.records.timeline import Entry, timeline
from app.records.titles import subtitle
from app.records.types import ObjectType, Related
from app.ui.components import url_with
from app.ui.files import shown
from app.ui.formats import Formats
from app.ui.records import about, acts, columns, history, table, values
from app.ui.records.beside import Owed, Person, owed, people
from app.ui.records.extras import extras
from app.ui.records.history import Item
from app.ui.say import gettext as _
from app.ui.standing.bar import render
from app.ui.standing.words import formats
from app.web.doors import actor, workspace
from app.web.records import talking
from app.web.records.attached import named_files

TIMELINE = "timeline"
FILES = "files"
MESSAGES = "messages"
# On a phone the fields are a part among others; a wide screen always shows them.
ABOUT = "about"
PEOPLE = 6
MOST_TABS = 6
# What a record is read for comes before what happened to it.
FIRST_TAB = {"orders": "lines"}
# A line is called like its product.
HIDDEN = {"lines": ("product_id",)}
# Of the columns beside the fields what the rows tell by themselves.
KEPT_BESIDE = {"promise"}
# Under which name a record of this object is given to an activity about it.
LOGGED_AS = {
    "companies": "company_id",
    "contacts": "contact_id",
    "deals": "deal_id",
    "orders": "order_id",
    "cases": "case_id",
}


@dataclass(frozen=True)
class Tab:
    """A part of the record's page."""

    name: str
    label: str
    icon: str
    related: Related | None = None
    new_href: str = ""


@dataclass(frozen=True)
class Timeline:
    """A page of the timeline and the address of what was earlier."""

    items: list[Item]
    key: str
    earlier: str | None = None
    next_key: str = ""


@workspace.get("/<object:described>/<uuid:record_id>")
def show_record(described: ObjectType, record_id: UUID) -> str | Response:
    """The record with everything that belongs to it; one that was merged leads to the one that stayed."""
    who, write = actor(), formats()
    record = reading.fetch(who, described.name, record_id, trashed=True)
    stayed = absorbed.into(described.name, record_id) if record.deleted_at else None
    if stayed is not None:
        return redirect(f"/{described.name}/{stayed}")
    tabs = _tabs(who, described, record)
    current = next((tab for tab in tabs if tab.name == request.args.get("tab")), tabs[0])
    may_write = _may(who, described, "update", record)
    kept = {FILES: files.counting(who, described.name, record.id)}
    if _talks(who, described):
        kept[MESSAGES] = messages.counting_of_record(who, described.name, record.id)
    counts = related_counts(who, described, record.id, kept)
    groups, empty_rows = about.about(
        described,
        record,
        write,
        may_edit=may_write and record.deleted_at is None,
        files=named_files(who, described, record),
    )
    return render_template(
        "web/records/page.html",
        described=described,
        record=record,
        subtitle=subtitle(described, record.values),
        groups=groups,
        empty_rows=empty_rows,
        changed=_changed(record, write),
        beside=_beside(who, record, write),
        **_tab_items(tabs, current, counts),
        heading=_heading(described, record),
        settling=acts.settling(record) if may_write else None,
        changed_at=write.exact(record.updated_at) if record.updated_at else "",
        current=current,
        may_write=may_write,
        may_merge=may_write and may_merge(described) and _may(who, described, "delete", record),
        may_attach=may_write and record.deleted_at is None,
        may_block=_may(g.entry.actor, described, "update", record),
        may_add_related=record.deleted_at is None and _may_related(who, current, "create"),
        may_explain="members:manage" in who.permissions,
        may_delete=_may(who, described, "delete", record),
        may_purge=PURGE in who.permissions and _may(who, described, "delete", record),
        log_href=_log_href(who, described, record),
        mail_href=_mail_href(who, described, record),
        letters=talking.held(who, record),
        may_talk_with=who.permissions,
        portal=access(record.id) if described.name == "contacts" and record.deleted_at is None else None,
        write=write,
        **_content(who, described, record, current, write),
    )


@workspace.get("/<object:described>/<uuid:record_id>/timeline")
def show_timeline(described: ObjectType, record_id: UUID) -> str:
    """An earlier part of the timeline, for the frame at the end of the one before."""
    who = actor()
    record = reading.fetch(who, described.name, record_id, trashed=True)
    return render_template("web/records/timeline.html", timeline=_timeline(who, described, record, formats()))


@dataclass(frozen=True)
class Beside:
    """The standing bar and what stands at the right; both empty where the record is about no customer."""

    bar: str = ""
    owed: list[Owed] | None = None
    people: Sequence[Person] = ()
    customer: str = ""


def _beside(who: Actor, record: Record, write: Formats) -> Beside:
    customer = queries.customer_of(record)
    if customer is None:
        return Beside()
    found = queries.standing(customer, who)
    ids = (customer.company_id, customer.contact_id)
    told = " ".join(str(each) for each in ids if each)
    return Beside(render(found), owed(found, write), people(_people(who, record)), told)


def _may(who: Actor, described: ObjectType, verb: Verb, record: Record) -> bool:
    """Whether one may do this to the record that one sees."""
    return scope.may(who, described, verb) and not scope.beyond(who, described, verb, [record.id])


def _people(who: Actor, record: Record) -> Sequence[Record]:
    if record.object != "companies" or "contacts:read" not in who.permissions:
        return ()
    fields = scope.shown(who, "contacts", "name", "title", "email")
    wanted = Query(limit=PEOPLE, count=False, fields=fields, sort="-updated_at")
    return reading.related(who, "companies", record.id, "contacts", wanted).rows


def _tabs(who: Actor, described: ObjectType, record: Record) -> list[Tab]:
    found = [Tab(TIMELINE, _("Timeline"), "history")]
    if _talks(who, described):
        found.append(Tab(MESSAGES, _("Messages"), "messages-square"))
    found.append(Tab(FILES, _("Files"), "paperclip"))
    first = FIRST_TAB.get(described.name)
    for related in described.related:
        other = registry.get(related.object)
        if scope.may(who, other, "read"):
            href = f"/{other.name}/new?{related.field}={record.id}&next=/{described.name}/{record.id}"
            tab = Tab(related.name, _(related.label), other.icon, related, href)
            found.insert(0 if related.name == first else len(found), tab)
    return found


def _talks(who: Actor, described: ObjectType) -> bool:
    return described.name in talking.OBJECTS and "messages:read" in who.permissions


def _tab_items(tabs: Sequence[Tab], current: Tab, counts: Mapping[str, int]) -> Mapping[str, Any]:
    """Tabs with what they hold; where there are many, those that hold nothing stand in a menu."""
    filled = [tab for tab in tabs if not tab.related or counts.get(tab.name)]
    shown = tabs if len(tabs) <= MOST_TABS else filled[:MOST_TABS]
    if current not in shown:
        shown = [*shown[: MOST_TABS - 1], current]
    on_about = request.args.get("tab") == ABOUT
    return {
        "tab_items": [
            *((tab.label, _tab_address(tab), tab == current, counts.get(tab.name) or None) for tab in shown),
            (_("About"), url_with(tab=ABOUT), on_about, None),
        ],
        "more_tabs": [
            (f"{tab.label} {counts.get(tab.name) or ''}".strip(), _tab_address(tab))
            for tab in tabs
            if tab not in shown
        ],
        "on_about": on_about,
    }


def _heading(described: ObjectType, record: Record) -> str:
    """The record's name; a bare number says of what it is."""
    if described.title == described.numbered and record.title:
        return f"{_(described.singular)} {record.title}"
    if described.name == "incidents":
        kind = values.choice_labels(described.by_name["kind"]).get(record["kind"], "")
        return " · ".join(part for part in (kind, record["subject"]) if part)
    return record.title or "–"


def _tab_address(tab: Tab) -> str:
    return url_with(tab=tab.name, after=None, before=None, sort=None)


def _may_related(who: Actor, tab: Tab, verb: Verb) -> bool:
    return tab.related is not None and scope.may(who, registry.get(tab.related.object), verb)


def _content(
    who: Actor, described: ObjectType, record: Record, tab: Tab, write: Formats
) -> Mapping[str, Any]:
    if tab.name == FILES:
        return {"files": shown(files.of_seen(who, described.name, [record.id]).get(record.id, ()), write)}
    if tab.name == MESSAGES:
        return talking.section(who, record)
    if tab.related is None:
        return {"timeline": _timeline(who, described, record, write)}
    other = scope.seen(who, registry.get(tab.related.object))
    names = _columns(who, other, tab)
    found = reading.related(
        who,
        described.name,
        record.id,
        tab.name,
        Query(
            sort=request.args.get("sort"),
            cursor=request.args.get("after") or request.args.get("before"),
            fields=needed(other, names),
        ),
    )
    drawn = table.build(
        other,
        found.rows,
        write,
        names=names,
        sort=found.sort,
        may_edit=_may_related(who, tab, "update"),
        fixed=scope.beyond(who, other, "update", [row.id for row in found.rows]),
        extras=extras(who, other, names, found.rows, write),
        count=found.count,
        currency=record.get("currency"),
    )
    return {
        "table": drawn,
        "next": url_with(after=found.next_cursor, before=None) if found.next_cursor else None,
        "previous": url_with(before=found.previous_cursor, after=None) if found.previous_cursor else None,
    }


def _columns(who: Actor, other: ObjectType, tab: Tab) -> tuple[str, ...]:
    """Those of a list of the record, without the relation that it is already for."""
    known = [name for name in columns.usual(who, other) if name in other.by_name or name in KEPT_BESIDE]
    hidden = {tab.related.field if tab.related else "", *HIDDEN.get(tab.name, ())}
    return tuple(name for name in known if name not in hidden)


def _timeline(who: Actor, described: ObjectType, record: Record, write: Formats) -> Timeline:
    mark = request.args.get("mark")
    thread = timeline(who, [record.id], mark)
    may_undo = _changeable(who, thread.entries)
    said, then = talking.first_words(who, thread.entries), kinds.then(thread.entries)
    address = f"/{described.name}/{record.id}/timeline"
    return Timeline(
        [
            history.item(entry, record.id, write, may_undo=entry.record_id in may_undo, said=said, then=then)
            for entry in thread.entries
        ],
        key=mark or "now",
        earlier=f"{address}?mark={thread.before}" if thread.before else None,
        next_key=thread.before or "",
    )


def _changeable(who: Actor, entries: Sequence[Entry]) -> set[UUID]:
    """The records of these entries that one may change."""
    told: dict[str, set[UUID]] = {}
    for entry in entries:
        if entry.object and entry.record_id:
            told.setdefault(entry.object, set()).add(entry.record_id)
    found = set[UUID]()
    for name, ids in told.items():
        described = registry.get(name)
        if scope.may(who, described, "update"):
            found |= ids - scope.beyond(who, described, "update", ids)
    return found


def _changed(record: Record, write: Formats) -> str:
    """Who changed the record last, and when."""
    if record.updated_at is None:
        return ""
    when = write.relative(record.updated_at)
    name = record.labels.get("updated_by")
    if record.updated_by is None:
        name = changer(record.object, record.id)
    if name:
        return _("Last changed by %(name)s, %(when)s", name=name, when=when)
    return _("Last changed by Kith, %(when)s", when=when)


def _mail_href(who: Actor, described: ObjectType, record: Record) -> str:
    may_write = {"mailboxes:use", "messages:write"} <= who.permissions
    return f"/mailboxes/mails/new?contact={record.id}" if described.name == "contacts" and may_write else ""


def _log_href(who: Actor, described: ObjectType, record: Record) -> str:
    field = LOGGED_AS.get(described.name)
    if field is None or not scope.may(who, registry.get("activities"), "create"):
        return ""
    return f"/activities/new?{field}={record.id}&type=call&next=/{described.name}/{record.id}"
