"""The consent page: what it says and remembers, whose rights an app gets, and that no yes can be faked."""

import re

from flask import Flask
from sqlalchemy import text
from werkzeug.test import TestResponse

from app.core.ids import new_id
from app.domain.apps import consents, tokens
from app.domain.identities import actions as identities
from app.domain.identities.models import Identity
from app.domain.members import actions as members
from app.domain.members.models import Member
from tenants.context import entered
from tenants.session import session, unit_of_work
from tests.api.oauth.flows import BACK, Registered, decide, register, told
from tests.cast import ANN, BOB, KIM, PASSWORD, Workspace
from tests.visitor import BASE, Visitor, signed_in


def test_page_names_app_company_scopes_and_place(web: Registered, ann: Visitor) -> None:
    page = ann.get(web.asking(scope="contacts:read contacts:write"))
    for said in (
        "Ledger",
        "Nordwind GmbH",
        ANN.email,
        "See contacts",
        "Add and change contacts",
        "app.example",
    ):
        assert said in page.text
    assert "deals" not in page.text


def test_page_is_shown_in_no_frame_and_to_no_other_site(web: Registered, ann: Visitor) -> None:
    page = ann.get(web.asking(), headers={"Origin": "https://evil.example"})
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["X-Frame-Options"] == "DENY"
    assert "form-action 'self'" in page.headers["Content-Security-Policy"]
    assert " https://app.example;" in page.headers["Content-Security-Policy"]
    assert page.headers["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Origin" not in page.headers


def test_no_is_told_to_the_app(web: Registered, ann: Visitor) -> None:
    answer = told(decide(ann, ann.get(web.asking()), "refuse"))
    assert answer == {"error": "access_denied", "state": "s t/a+te", "iss": BASE} | _described(answer)


def test_yes_is_told_with_state_and_issuer(web: Registered, ann: Visitor) -> None:
    answer = told(web.allowed(ann))
    assert set(answer) == {"code", "state", "iss"}
    assert (answer["state"], answer["iss"]) == ("s t/a+te", BASE)


def test_yes_needs_the_page(app: Flask, web: Registered, ann: Visitor) -> None:
    page = ann.get(web.asking())
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.text))
    forged = ann._open(
        "POST", f"{BASE}/oauth/authorize", data=hidden | {"decision": "allow", "csrf_token": "x.y"}
    )
    assert forged.status_code == 403
    cross = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert decide_with(ann, page, cross).status_code == 403


def decide_with(visitor: Visitor, page: TestResponse, headers: dict[str, str]) -> TestResponse:
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.text))
    return visitor.post(f"{BASE}/oauth/authorize", hidden | {"decision": "allow"}, headers=headers)


def test_stranger_signs_in_first_and_comes_back(app: Flask, web: Registered) -> None:
    stranger = Visitor(app)
    asked = web.asking(state="x" * 1000)
    sent = stranger.get(asked)
    assert (sent.status_code, sent.headers["Location"].partition("?")[0]) == (303, "/sign-in")
    form = stranger.get(sent.headers["Location"])
    wish = re.search(r'name="next" value="([^"]+)"', form.text)
    assert wish
    entered_ = stranger.post(
        "/sign-in", {"email": ANN.email, "password": PASSWORD, "next": wish[1].replace("&amp;", "&")}
    )
    assert entered_.status_code == 303
    page = stranger.get(entered_.headers["Location"])
    assert "Ledger" in page.text
    assert told(decide(stranger, page, "allow"))["state"] == "x" * 1000


def test_confidential_app_asks_once(web: Registered, ann: Visitor) -> None:
    web.allowed(ann)
    again = ann.get(web.asking())
    assert again.status_code == 303
    assert web.redeem(told(again)["code"]).status_code == 200
    assert ann.get(web.asking(scope="contacts:write")).status_code == 200


def test_after_signing_in_the_page_is_shown_anew(web: Registered, ann: Visitor) -> None:
    web.allowed(ann)
    assert ann.get(web.asking(), headers={"Referer": f"{BASE}/sign-in"}).status_code == 200


def test_public_app_asks_each_time(native: Registered, ann: Visitor) -> None:
    native.allowed(ann)
    assert ann.get(native.asking()).status_code == 200


def test_person_of_two_companies_chooses(
    app: Flask, web: Registered, nordwind: Workspace, kestrel: Workspace, ann: Visitor
) -> None:
    with app.app_context(), entered(kestrel.tenant), unit_of_work():
        _join(kestrel, nordwind)
    page = ann.get(web.asking())
    assert "Kestrel Ltd" in page.text
    assert "Nordwind GmbH" in page.text
    code = told(decide(ann, page, "allow", workspace="kestrel"))["code"]
    assert code.startswith(f"{kestrel.tenant.id.hex}.")
    assert decide(ann, page, "allow", workspace="").status_code == 404


def test_company_of_others_cannot_be_chosen(
    app: Flask, web: Registered, kestrel: Workspace, ann: Visitor
) -> None:
    assert decide(ann, ann.get(web.asking()), "allow", workspace="kestrel").status_code == 404


def test_rights_are_scope_and_role_of_this_moment(
    app: Flask, web: Registered, nordwind: Workspace, bob: Visitor
) -> None:
    token = web.tokens(bob, scope="contacts:read contacts:write")["access_token"]
    assert rights(app, nordwind, token) == {"contacts:read", "contacts:write"}
    with app.app_context(), entered(nordwind.tenant), unit_of_work():
        members.change_role(nordwind.actor(ANN), nordwind.members[BOB.email], "reader")
    assert rights(app, nordwind, token) == {"contacts:read"}
    with app.app_context(), entered(nordwind.tenant), unit_of_work():
        members.remove(nordwind.actor(ANN), nordwind.members[BOB.email])
    assert rights(app, nordwind, token) is None


def test_person_takes_it_back(app: Flask, web: Registered, nordwind: Workspace, bob: Visitor) -> None:
    given = web.tokens(bob)
    with app.app_context(), entered(nordwind.tenant), unit_of_work():
        actor = nordwind.actor(BOB)
        (mine,) = consents.connections(actor)
        assert (mine.app_name, mine.member_name) == ("Ledger", "Bob Lind")
        consents.end(actor, mine.id)
    assert rights(app, nordwind, given["access_token"]) is None
    assert web.refresh(given["refresh_token"]).status_code == 400
    assert bob.get(web.asking()).status_code == 200


def test_everything_that_matters_is_a_fact(
    app: Flask, web: Registered, nordwind: Workspace, ann: Visitor
) -> None:
    code = web.code(ann)
    web.redeem(code)
    web.redeem(code)
    with app.app_context(), entered(nordwind.tenant), unit_of_work(read_only=True):
        verbs = session.execute(text("SELECT verb, door FROM facts WHERE object = 'apps' ORDER BY at")).all()
    assert [tuple(each) for each in verbs] == [
        ("app.registered", "web"),
        ("app.consented", "web"),
        ("app.tokens_revoked", "api"),
    ]


def test_name_of_a_foreign_app_is_only_text(
    app: Flask, kestrel: Workspace, nordwind: Workspace, ann: Visitor
) -> None:
    foreign = register(app, kestrel, "web", name="<b>Bold</b>")
    page = ann.get(foreign.asking())
    assert "<b>Bold" not in page.text
    assert "Registered by Kestrel Ltd" in page.text
    assert signed_in(app, kestrel, KIM).get(foreign.asking()).status_code == 200
    assert BACK in page.text


def rights(app: Flask, workspace: Workspace, token: str) -> set[str] | None:
    with app.app_context(), entered(workspace.tenant), unit_of_work(read_only=True):
        entry = tokens.enter(token, workspace.tenant)
        return set(entry.actor.permissions) if entry else None


def _described(answer: dict[str, str]) -> dict[str, str]:
    return {"error_description": answer["error_description"]}


def _join(kestrel: Workspace, nordwind: Workspace) -> None:
    """Ann is a member of Kestrel as well."""
    identity = session.get_one(Identity, nordwind.identities[ANN.email])
    session.add(Member(id=new_id(), identity_id=identity.id, email=ANN.email, name=ANN.name, role="member"))
    identities.join(identity, kestrel.tenant)
