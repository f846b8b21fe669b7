"""Members: inviting many at once, joining, roles, leaving."""

import re
import threading

import pytest
from flask import Flask

from app.core.ids import new_id
from app.domain.members.rules import read_addresses
from tenants import provisioning
from tenants.context import entered
from tenants.session import session
from tests.cast import ANN, BOB, KIM, PASSWORD, RITA, Workspace
from tests.mailbox import Waiting, tenant_mails
from tests.pace import processor_seconds, slowness
from tests.visitor import BASE, Visitor, signed_in

NEW = "eva.klein@nordwind.example"


def mails(app: Flask, workspace: Workspace) -> list[Waiting]:
    with app.app_context(), entered(workspace.tenant):
        return tenant_mails(session)


def link(app: Flask, workspace: Workspace) -> str:
    url: str = mails(app, workspace)[-1].values["url"]
    return url


def invite(who: Visitor, emails: str, role: str = "member") -> str:
    return who.post("/members/invitations", {"emails": emails, "role": role}).text


def joined(app: Flask, address: str, **typed: str) -> Visitor:
    guest = Visitor(app)
    form = {"name": "Eva Klein", "password": "drei kleine tannen"} | typed
    answer = guest.post(address, form)
    assert answer.status_code == 303, answer.text
    guest.follow(answer)
    return guest


@pytest.mark.parametrize(
    ("pasted", "addresses"),
    [
        ("a@x.example, b@x.example;c@x.example", ["a@x.example", "b@x.example", "c@x.example"]),
        ("a@x.example\nb@x.example\r\n", ["a@x.example", "b@x.example"]),
        ("Ann Berg <A@x.example>", ["a@x.example"]),
        ('"Berg, Ann" <a@x.example>, b@x.example', ["a@x.example", "b@x.example"]),
        ("Berg, Ann <a@x.example>", ["a@x.example"]),
        ("a@x.example b@x.example", ["a@x.example", "b@x.example"]),
        ("Ann Berg a@x.example", ["a@x.example"]),
        ("nobody", [None]),
        ("a@, @b, a@b@c.example", [None, None, None]),
        ("", []),
        (" ,;\n\r\n ", []),
    ],
)  # fmt: skip
def test_reads_pasted_lists(pasted: str, addresses: list[str | None]) -> None:
    assert [entry.email for entry in read_addresses(pasted)] == addresses


def test_each_entry_has_its_own_answer(app: Flask, ann: Visitor, nordwind: Workspace) -> None:
    page = invite(ann, f"{NEW}, {BOB.email}, Eva <{NEW}>, nonsense")
    for state in ("invited", "member", "invalid", "twice"):
        assert f'data-state="{state}"' in page
    assert [mail.to for mail in mails(app, nordwind)] == [NEW]


def test_many_are_invited_at_once(app: Flask, ann: Visitor, nordwind: Workspace) -> None:
    invite(ann, "\n".join(f"person{number}@nordwind.example" for number in range(120)))
    assert len(mails(app, nordwind)) == 120
    assert (
        ann.post("/members/invitations", {"emails": "x@y.example " * 201, "role": "member"}).status_code
        == 422
    )


def test_somebody_new_joins(app: Flask, ann: Visitor, nordwind: Workspace) -> None:
    invite(ann, NEW, "admin")
    eva = joined(app, link(app, nordwind))
    assert eva.get("/members").status_code == 200
    page = ann.get("/members").text
    assert "Eva Klein" in page
    assert "open invitation" not in page


def test_link_works_once(app: Flask, ann: Visitor, nordwind: Workspace) -> None:
    invite(ann, NEW)
    address = link(app, nordwind)
    joined(app, address)
    assert Visitor(app).post(address, {"name": "X", "password": "drei kleine tannen"}).status_code == 422


def test_one_of_many_joins(app: Flask, ann: Visitor, nordwind: Workspace) -> None:
    invite(ann, NEW)
    address, statuses = link(app, nordwind), list[int]()

    def come(number: int) -> None:
        typed = {"name": f"Eva {number}", "password": f"drei kleine tannen {number}"}
        statuses.append(Visitor(app).post(address, typed).status_code)

    threads = [threading.Thread(target=come, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [303, 422, 422, 422]
    assert ann.get("/members").text.count(NEW) == 1


def test_nobody_joins_a_closed_workspace(app: Flask, ann: Visitor, nordwind: Workspace) -> None:
    invite(ann, NEW)
    address = link(app, nordwind)
    provisioning.set_state(nordwind.tenant, "suspended")
    newcomer = Visitor(app)
    assert newcomer.post(address, {"name": "Eva Klein", "password": "three other words"}).status_code == 503
    provisioning.set_state(nordwind.tenant, "active")
    assert newcomer.post(address, {"name": "Eva Klein", "password": "three other words"}).status_code == 303


def test_account_joins_with_its_password(
    app: Flask, ann: Visitor, nordwind: Workspace, kestrel: Workspace
) -> None:
    invite(ann, KIM.email)
    address = link(app, nordwind)
    assert 'name="name"' not in Visitor(app).get(address).text
    assert Visitor(app).post(address, {"password": "wrong", "name": "Kim"}).status_code == 422
    joined(app, address, password=PASSWORD)
    assert KIM.email in ann.get("/members").text


def test_signed_in_account_joins_with_one_click(
    app: Flask, ann: Visitor, nordwind: Workspace, kestrel: Workspace
) -> None:
    invite(ann, KIM.email)
    kim = signed_in(app, kestrel, KIM)
    assert kim.follow(kim.post(link(app, nordwind))).status_code == 200
    assert kim.host.startswith("http://nordwind.")


def test_invitation_is_for_its_address_only(
    app: Flask, ann: Visitor, nordwind: Workspace, kestrel: Workspace
) -> None:
    invite(ann, NEW)
    address = link(app, nordwind)
    kim = signed_in(app, kestrel, KIM)
    assert KIM.email in kim.get(address).text
    kim.post(address, {"name": "Kim", "password": PASSWORD})
    assert KIM.email not in ann.get("/members").text


def test_taken_back_invitation_is_dead(app: Flask, ann: Visitor, nordwind: Workspace) -> None:
    invite(ann, NEW)
    address = link(app, nordwind)
    page = ann.get("/members").text
    action = page.partition("/members/invitations/")[2]
    invitation = page.split('action="/members/invitations/')[1].split("/")[0]
    assert action
    assert ann.post(f"/members/invitations/{invitation}/removal").status_code == 303
    assert Visitor(app).post(address, {"name": "X", "password": "drei kleine tannen"}).status_code == 422


def test_resent_invitation_has_a_fresh_link(app: Flask, ann: Visitor, nordwind: Workspace) -> None:
    invite(ann, NEW)
    older = link(app, nordwind)
    page = ann.get("/members").text
    mail = (
        page.split('action="/members/invitations"')[-1]
        .split('action="/members/invitations/')[1]
        .split('"')[0]
    )
    assert ann.post(f"/members/invitations/{mail}").status_code == 303
    assert link(app, nordwind) != older
    assert "works no more" in Visitor(app).get(older).text
    joined(app, link(app, nordwind))


def test_role_holds_from_the_next_request_on(bob: Visitor, ann: Visitor, nordwind: Workspace) -> None:
    assert bob.post("/settings", {"company": "Bobs"}).status_code == 403
    ann.post(f"/members/{nordwind.members[BOB.email]}/role", {"role": "admin"})
    assert bob.post("/settings", _settings()).status_code == 303
    ann.post(f"/members/{nordwind.members[BOB.email]}/role", {"role": "reader"})
    assert bob.post("/settings", _settings()).status_code == 403


def test_change_of_role_is_taken_back(ann: Visitor, rita: Visitor, nordwind: Workspace) -> None:
    bob, me = nordwind.members[BOB.email], nordwind.members[ANN.email]
    page = ann.follow(ann.post(f"/members/{bob}/role", {"role": "reader"})).text
    way = re.compile(r'action="(/members/changes/[0-9a-f-]+/reversal)"')
    (address,) = way.findall(page)
    rita.post(f"/members/{bob}/role", {"role": "admin"})
    told = ann.follow(ann.post(address)).text
    assert "anschließend geändert" in told or "inzwischen" in told
    assert "Admin" in told
    (latest,) = way.findall(ann.follow(ann.post(f"/members/{bob}/role", {"role": "member"})).text)
    assert "Bob Lind ist wieder Admin." in ann.follow(ann.post(latest)).text
    assert rita.post(latest).status_code == 303
    assert ann.post(f"/members/changes/{new_id()}/reversal").status_code == 404
    rita_is = nordwind.members[RITA.email]
    ann.post(f"/members/{rita_is}/role", {"role": "owner"})
    own = ann.follow(ann.post(f"/members/{me}/role", {"role": "member"})).text
    assert not way.findall(own), "who gave the own right away cannot take it back"


def test_roles_are_called_in_the_readers_language(ann: Visitor, nordwind: Workspace) -> None:
    bob = nordwind.members[BOB.email]
    record = ann.post("/companies", {"name": "Aare"}).headers["Location"]
    for path in ("/members", f"/members/{bob}/roles", "/settings/roles", f"{record}/access?member={bob}"):
        page = ann.get(path).text
        assert "Mitglied" in page, path
        assert not re.search(r">\s*(Owner|Member|Reader|Only own roles)\b", page), path
    assert "Inhaber/in" in ann.get("/members").text


def test_removed_member_is_out_at_once(bob: Visitor, ann: Visitor, nordwind: Workspace) -> None:
    assert ann.post(f"/members/{nordwind.members[BOB.email]}/removal").status_code == 303
    assert bob.get("/members").status_code == 302
    assert "Nordwind" not in bob.get(f"{BASE}/workspaces").text


def test_removed_member_comes_back_by_invitation(
    app: Flask, bob: Visitor, ann: Visitor, nordwind: Workspace
) -> None:
    ann.post(f"/members/{nordwind.members[BOB.email]}/removal")
    invite(ann, BOB.email, "reader")
    bob.host = BASE
    assert bob.follow(bob.post(link(app, nordwind))).status_code == 200


def test_last_owner_stays(ann: Visitor, nordwind: Workspace) -> None:
    me = nordwind.members[ANN.email]
    assert ann.post(f"/members/{me}/role", {"role": "member"}).status_code == 422
    assert ann.post(f"/members/{me}/removal").status_code == 422


def test_two_owners_do_not_leave_at_once(
    app: Flask, ann: Visitor, rita: Visitor, nordwind: Workspace
) -> None:
    ann.post(f"/members/{nordwind.members[RITA.email]}/role", {"role": "owner"})
    statuses: list[int] = []
    leaving = ((ann, ANN), (rita, RITA))

    def leave(who: Visitor, email: str) -> None:
        statuses.append(who.post(f"/members/{nordwind.members[email]}/removal").status_code)

    threads = [threading.Thread(target=leave, args=(who, person.email)) for who, person in leaving]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [303, 422]


def test_only_owners_touch_owners(rita: Visitor, nordwind: Workspace) -> None:
    owner, bob = nordwind.members[ANN.email], nordwind.members[BOB.email]
    assert rita.post(f"/members/{owner}/role", {"role": "member"}).status_code == 403
    assert rita.post(f"/members/{owner}/removal").status_code == 403
    assert rita.post(f"/members/{bob}/role", {"role": "owner"}).status_code == 403
    assert rita.post("/members/invitations", {"emails": NEW, "role": "owner"}).status_code == 403
    assert rita.post(f"/members/{bob}/role", {"role": "admin"}).status_code == 303


@pytest.mark.parametrize("who", ["bob", "ralf"])
def test_members_and_readers_manage_nobody(
    request: pytest.FixtureRequest, nordwind: Workspace, who: str
) -> None:
    visitor: Visitor = request.getfixturevalue(who)
    someone = nordwind.members[RITA.email]
    assert visitor.get("/members").status_code == 200
    assert visitor.post("/members/invitations", {"emails": NEW, "role": "member"}).status_code == 403
    assert visitor.post(f"/members/{someone}/role", {"role": "reader"}).status_code == 403
    assert visitor.post(f"/members/{someone}/removal").status_code == 403


def test_member_of_another_workspace_is_unknown(ann: Visitor, kestrel: Workspace) -> None:
    assert ann.post(f"/members/{kestrel.members[KIM.email]}/removal").status_code == 404


def _settings() -> dict[str, object]:
    return {"company": "Nordwind GmbH", "working_days": [1, 2, 3]}


@pytest.mark.parametrize(
    "pasted", ["x@<" + " " * 60_000 + "@", "a, " * 300_000, "a@b.example " * 100_000, "<" * 60_000 + "@"]
)
def test_hostile_list_costs_no_time(pasted: str) -> None:
    assert processor_seconds(lambda: read_addresses(pasted)) < slowness()
