"""A customer's own data: seen and corrected, consents with their history, password, browsers, language."""

from uuid import UUID

from flask import g, make_response, render_template, request
from werkzeug.wrappers import Response

from app.core.errors import Invalid
from app.domain.contacts.models import OWN_PROFILE
from app.domain.portal import consents, entering, profile, queries, rules, sessions
from app.portal.doors import actor, entry, portal, tenant
from app.portal.entering import goodbye
from app.records import reading, registry, scope, writing
from app.records.record import Record
from app.ui import cookies
from app.ui.devices import device
from app.ui.errors import by_field
from app.ui.http import own_path, see_other, toast
from app.ui.marks import always
from app.ui.records import about, forms
from app.ui.records.sections import sections
from app.ui.say import gettext as _
from app.ui.signed_in import where
from app.ui.standing.words import formats
from app.ui.translate import LANGUAGES

CONSENTS = {each.field for each in rules.CONSENTS}
# The language has a switch of its own, further numbers are added by talking to somebody.
EDITED = OWN_PROFILE - CONSENTS - {"phones", "language"}


@portal.get("/profile")
def show_profile() -> str:
    """The own data, to be corrected in place."""
    return _page()


@portal.post("/profile")
def store_profile() -> Response:
    """Store what may be corrected; whatever else was sent changes nothing."""
    values = {name: value for name, value in request.form.items() if name in EDITED}
    try:
        writing.update(actor(), "contacts", _me(), values)
    except Invalid as refused:
        return make_response(_page(refused), 422)
    toast(_("Saved. We see it too."))
    return see_other("/profile")


@portal.post("/profile/consents/<purpose>")
@always
def answer_consent(purpose: str) -> Response:
    """Allow something or take it back; it holds at once."""
    meant, granted = rules.purposed(purpose), request.form.get("granted") == "1"
    wording = _(meant.wording, company=tenant().name) if meant else ""
    consents.answer(actor(), purpose, granted=granted, wording=wording)
    toast(_("Allowed.") if granted else _("Taken back. It holds from now on."))
    return see_other("/profile#consents")


@portal.get("/profile/data")
def show_data() -> str:
    """Everything that is stored about the customer and shared with him."""
    who, write = actor(), formats()
    parts = []
    for name, record_id in (("contacts", who.id), ("companies", who.company_id)):
        if record_id is not None:
            record = reading.fetch(who, name, record_id)
            seen = scope.seen(who, registry.get(name))
            groups, _empty = about.about(seen, record, write, may_edit=False)
            parts.append((_(registry.get(name).singular), record.title, groups))
    return render_template(
        "portal/profile/data.html",
        parts=parts,
        counts=[(_(registry.get(name).plural), value) for name, value in profile.counts(who)],
        hidden=profile.hidden_fields(),
        asked=queries.consents(_me()),
        write=write,
    )


@portal.get("/contacts/<uuid:record_id>")
def show_contact(record_id: UUID) -> Response:
    """The own contact is the profile."""
    reading.fetch(actor(), "contacts", record_id)
    return see_other("/profile")


@portal.get("/companies/<uuid:record_id>")
def show_company(record_id: UUID) -> Response:
    """The own company stands among the stored data."""
    reading.fetch(actor(), "companies", record_id)
    return see_other("/profile/data")


@portal.get("/profile/sign-in")
def show_sign_in() -> str:
    """How one signs in, and where one is signed in."""
    return _sign_in_page()


@portal.post("/profile/password")
@always
def store_password() -> Response:
    """Choose a (new) password; other browsers are signed out."""
    form, account = request.form, queries.account(entry().account_id)
    try:
        entering.prove(account, form.get("old_password", ""), where())
        entering.set_password(account, form.get("password", ""), actor().name, actor().language)
    except Invalid as refused:
        return make_response(_sign_in_page(refused), 422)
    sessions.end_all(account.id, but=entry().grant_id)
    toast(_("Your password is changed, other browsers are signed out."))
    return see_other("/profile/sign-in")


@portal.post("/profile/sessions/end")
@always
def end_sessions() -> Response:
    """Sign out everywhere, here too."""
    sessions.end_all(entry().account_id)
    return goodbye()


@portal.post("/profile/sessions/<uuid:grant_id>/end")
@always
def end_one_session(grant_id: UUID) -> Response:
    """Sign one browser out."""
    sessions.end(entry().account_id, grant_id)
    if grant_id == entry().grant_id:
        return goodbye()
    toast(_("That browser is signed out."))
    return see_other("/profile/sign-in")


@portal.post("/language")
@always
def store_language() -> Response:
    """The language of the portal and of mails."""
    tag = request.form.get("language", "")
    answer = make_response(see_other(own_path(request.form.get("next"))))
    if tag in LANGUAGES:
        queries.account(entry().account_id).language = tag
        writing.update(actor(), "contacts", _me(), {"language": tag})
        cookies.give(answer, "language", tag, cookies.YEAR_SECONDS)
    return answer


def _page(refused: Invalid | None = None) -> str:
    who, write = actor(), formats()
    record = reading.fetch(who, "contacts", _me())
    return render_template(
        "portal/profile/page.html",
        record=record,
        email=entry().email,
        groups=_groups(record, refused),
        consents=[(each, record[each.field]) for each in rules.CONSENTS],
        history=queries.consents(_me()),
        purposes={each.name: each.label for each in rules.CONSENTS},
        errors=by_field(refused),
        write=write,
    )


def _groups(record: Record, refused: Invalid | None) -> list[forms.Group]:
    described, write = scope.seen(actor(), registry.get("contacts")), formats()
    given, told = (request.form if refused else None), by_field(refused)
    made = []
    for label, fields in sections(described).items():
        inputs = [
            forms.input_for(each, write, record, given=given, error=told.get(each.name, ""))
            for each in fields
            if each.name in EDITED
        ]
        if inputs:
            made.append(forms.Group(_(label), inputs))
    return made


def _sign_in_page(refused: Invalid | None = None) -> str:
    return render_template(
        "portal/profile/sign_in.html",
        email=entry().email,
        has_password=entry().has_password,
        sessions=sessions.of_account(entry().account_id),
        current=g.grant_id,
        device=device,
        errors=by_field(refused),
        write=formats(),
    )


def _me() -> UUID:
    me = actor().id
    assert me is not None, "a customer is a contact"
    return me
