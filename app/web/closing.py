"""Closing a workspace and opening it again, on the base host: there owners get in when nobody else does."""

from datetime import datetime
from uuid import UUID

from flask import jsonify, make_response, render_template
from flask import request as present
from flask_babel import format_datetime, format_decimal
from werkzeug.wrappers import Response

from app.core.errors import Invalid, NotFound
from app.domain.identities.sessions import SignedIn
from app.domain.lifecycle import closing, receipts
from app.ui.errors import by_field
from app.ui.http import see_other, toast
from app.ui.say import gettext as _
from app.ui.signed_in import signed_in, where
from app.ui.states import day
from app.web.doors import base
from tenants.context import Tenant


@base.get("/workspaces/<closed>/closing")
def show_closing(closed: str) -> str | Response:
    """What closing means, for an owner; of a closed workspace until when it can be opened again."""
    who = signed_in()
    if who is None:
        return see_other(f"/sign-in?next={present.path}")
    tenant, is_owner = closing.joined(who.identity.id, closed)
    if not is_owner and tenant.state != "deleting":
        raise NotFound
    return _page(who, tenant, is_owner=is_owner)


@base.post("/workspaces/<closed>/closing")
def close_workspace(closed: str) -> Response:
    """Close the workspace of who writes its name and the password once more."""
    who = signed_in()
    if who is None:
        return see_other("/sign-in")
    form = present.form
    try:
        closing.close(who.identity, closed, form.get("typed", ""), form.get("password", ""), where())
    except Invalid as refused:
        tenant = closing.owned(who.identity.id, closed)
        return make_response(_page(who, tenant, refused), 422)
    return see_other(f"/workspaces/{closed}/closing")


@base.post("/workspaces/<closed>/opening")
def keep_workspace(closed: str) -> Response:
    """Open a closed workspace again."""
    who = signed_in()
    if who is None:
        return see_other("/sign-in")
    tenant = closing.keep(who.identity, closed, where())
    toast(_("%(name)s is open again.", name=tenant.name))
    return see_other("/workspaces")


@base.get("/receipts/<uuid:receipt_id>")
def show_receipt(receipt_id: UUID) -> str:
    """What was removed with a workspace, to be printed; its address is known to those who were told."""
    receipt = receipts.get(receipt_id)
    return render_template(
        "web/closing/receipt.html",
        receipt=receipt,
        number=format_decimal,
        rows=sum(receipt["removed"]["rows"].values()),
        removed_at=format_datetime(datetime.fromisoformat(receipt["removed_at"]), "long"),
        backups_until=day(datetime.fromisoformat(receipt["backups_until"])),
    )


@base.get("/receipts/<uuid:receipt_id>.json")
def load_receipt(receipt_id: UUID) -> Response:
    """The same for programs."""
    return jsonify(receipts.get(receipt_id))


def _page(who: SignedIn, tenant: Tenant, refused: Invalid | None = None, *, is_owner: bool = True) -> str:
    until = closing.ends_at(tenant)
    return render_template(
        "web/closing/closed.html" if until else "web/closing/closing.html",
        who=who,
        workspace=tenant,
        is_owner=is_owner,
        until=day(until),
        days=closing.GRACE_DAYS,
        typed=present.form.get("typed", ""),
        errors=by_field(refused),
    )
