"""Who can see a record, and why."""

from uuid import UUID

from flask import render_template, request

from app.core.grants import VERBS
from app.core.ids import parse_id
from app.domain.access import explaining
from app.domain.access.explaining import Said
from app.records import reading
from app.records.types import ObjectType
from app.ui import granting
from app.ui.say import gettext as _
from app.ui.say import midway
from app.web.doors import actor, workspace


@workspace.get("/<object:described>/<uuid:record_id>/access")
def show_access(described: ObjectType, record_id: UUID) -> str:
    """What each member may do to the record; `?member=` tells why."""
    who = actor()
    sights = explaining.who(who, described.name, record_id)
    record = reading.fetch(who, described.name, record_id, trashed=True)
    member_id = parse_id(request.args.get("member", ""))
    found = explaining.explain(who, described.name, record_id, member_id) if member_id else None
    address = f"/{described.name}/{record.id}"
    title = record.title or "–"
    return render_template(
        "web/access/page.html",
        crumbs=[
            (_(described.plural), f"/{described.name}"),
            (title, address),
            (_("Who can see this?"), None),
        ],
        record=record,
        address=address,
        sights=sights,
        explanation=found,
        role_name=granting.role_name,
        told=[_told(each) for each in (*found.roles, *found.reasons)] if found else [],
        verbs=[(verb, word) for verb, word in zip(VERBS, granting.verbs(), strict=True) if verb != "create"],
    )


def _told(said: Said) -> str:
    words = {name: ", ".join(_word(name, each) for each in values) for name, values in said.words.items()}
    return _(said.message) % {**said.data, **words}


def _word(name: str, msgid: str) -> str:
    if name == "role":
        return granting.role_name(msgid)
    return midway(_(msgid)) if name == "objects" else _(msgid)
