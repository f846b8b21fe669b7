"""Signing in on the base host, going into a workspace, and out again."""

import statistics
import time
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from app.core import clock
from tests.cast import ANN, KESTREL, KIM, NORDWIND, PASSWORD, Workspace
from tests.mailbox import control_mails
from tests.pace import password_seconds
from tests.visitor import BASE, Visitor, host_of, signed_in

ANNS = {"email": ANN.email, "password": PASSWORD}


def code_of(visitor: Visitor) -> str:
    """Where a browser that signs in as Ann is sent with its code."""
    sent = visitor.follow(visitor.post("/sign-in", ANNS), until="/welcome")
    visitor.host = BASE
    return str(sent.headers["Location"])


def test_only_workspace_opens_at_once(visitor: Visitor, nordwind: Workspace) -> None:
    visitor.follow(visitor.post("/sign-in", ANNS))
    assert visitor.host == host_of(nordwind)
    assert visitor.get("/settings").status_code == 200


def test_wished_page_opens_after_signing_in(visitor: Visitor, nordwind: Workspace) -> None:
    sent_away = visitor.get(f"{host_of(nordwind)}/settings")
    assert sent_away.headers["Location"].startswith(f"{BASE}/sign-in?workspace=nordwind")
    page = visitor.get(sent_away.headers["Location"])
    assert NORDWIND.name in page.text
    answer = visitor.post("/sign-in", ANNS | {"workspace": "nordwind", "next": "/settings"})
    assert visitor.follow(answer).request.path == "/settings"


def test_address_is_folded_but_password_is_not(visitor: Visitor, nordwind: Workspace) -> None:
    assert visitor.post("/sign-in", ANNS | {"email": "  ANN.Berg@Nordwind.example"}).status_code == 303
    assert visitor.post("/sign-in", ANNS | {"password": PASSWORD.upper()}).status_code == 422


def test_unknown_account_looks_like_a_wrong_password(
    app: Flask, visitor: Visitor, nordwind: Workspace
) -> None:
    wrong = visitor.post("/sign-in", ANNS | {"password": "something else"})
    unknown = Visitor(app).post("/sign-in", {"email": ANN.email, "password": "x"} | {"email": ANN.email})
    stranger = Visitor(app).post(
        "/sign-in", {"email": "nobody@nordwind.example", "password": "something else"}
    )
    assert wrong.status_code == unknown.status_code == stranger.status_code == 422
    assert _plain(stranger.text, "nobody@nordwind.example") == _plain(wrong.text, ANN.email)


@pytest.mark.usefixtures("usual_cost")
def test_unknown_account_takes_as_long(app: Flask, visitor: Visitor, nordwind: Workspace) -> None:
    token = visitor.token(BASE)
    visitor.post("/sign-in", ANNS)

    def seconds(email: str, number: int) -> float:
        visitor.address = f"198.51.{number}.{hash(email) % 250}"
        typed = {"email": email, "password": "something else", "csrf_token": token}
        started = time.thread_time()
        visitor.client.post(
            "/sign-in", data=typed, base_url=BASE, environ_base={"REMOTE_ADDR": visitor.address}
        )
        return time.thread_time() - started

    # By turns: the machine may become busy meanwhile.
    differences = [
        seconds(ANN.email, number) - seconds("nobody@nordwind.example", number) for number in range(15)
    ]
    assert abs(statistics.median(differences)) < password_seconds() / 2


def test_guessing_is_slowed_per_account(visitor: Visitor, nordwind: Workspace) -> None:
    statuses = [visitor.post("/sign-in", ANNS | {"password": f"guess {n}"}).status_code for n in range(12)]
    assert statuses[:10] == [422] * 10
    assert statuses[10:] == [429] * 2
    slowed = visitor.post("/sign-in", ANNS)
    assert slowed.status_code == 429
    assert int(slowed.headers["Retry-After"]) > 0


def test_guessing_elsewhere_does_not_lock_the_owner_out(
    app: Flask, visitor: Visitor, nordwind: Workspace
) -> None:
    for number in range(12):
        visitor.post("/sign-in", ANNS | {"password": f"guess {number}"})
    assert Visitor(app, address="192.0.2.77").post("/sign-in", ANNS).status_code == 303


def test_session_is_a_new_one_after_signing_in(visitor: Visitor, nordwind: Workspace) -> None:
    visitor.get("/sign-in")
    visitor.keep(BASE, "0.planted-by-somebody-else")
    visitor.post("/sign-in", ANNS)
    first = visitor.cookie(host=BASE)
    visitor.post("/sign-in", ANNS)
    assert first not in {"", "0.planted-by-somebody-else", visitor.cookie(host=BASE)}
    stolen = Visitor(visitor.app)
    stolen.keep(BASE, first)
    assert stolen.get("/workspaces").status_code == 303


def test_code_lets_in_once(app: Flask, visitor: Visitor, nordwind: Workspace) -> None:
    address = code_of(visitor)
    assert visitor.get(address).status_code == 303
    thief = Visitor(app).get(address)
    assert thief.status_code == 403
    assert "Set-Cookie" not in thief.headers or "kith-session" not in thief.headers["Set-Cookie"]


def test_code_of_a_stranger_signs_nobody_in(app: Flask, visitor: Visitor, nordwind: Workspace) -> None:
    victim = Visitor(app, host_of(nordwind))
    victim.get("/settings")  # has begun a visit of its own
    lured = victim.get(code_of(visitor))
    assert lured.status_code == 403
    assert not victim.cookie()
    assert visitor.get(code_of(visitor)).status_code == 303


def test_browser_without_cookies_is_told_and_not_sent_in_circles(
    app: Flask, visitor: Visitor, nordwind: Workspace
) -> None:
    address = code_of(visitor)
    assert Visitor(app).get(address).status_code == 403


def test_code_is_for_one_workspace_only(visitor: Visitor, nordwind: Workspace, kestrel: Workspace) -> None:
    address = code_of(visitor)
    code = parse_qs(urlsplit(address).query)["code"][0]
    assert visitor.get(f"{host_of(kestrel)}/welcome?code={code}").status_code == 403


def test_code_lives_a_minute(visitor: Visitor, nordwind: Workspace) -> None:
    address = code_of(visitor)
    with clock.frozen(clock.now() + timedelta(seconds=61)):
        assert visitor.get(address).status_code == 403


def test_code_dies_with_the_session_it_came_from(app: Flask, visitor: Visitor, nordwind: Workspace) -> None:
    address = code_of(visitor)
    visitor.post(f"{BASE}/sign-out")
    assert Visitor(app).get(address).status_code == 403


def test_looking_does_not_use_a_code_up(visitor: Visitor, nordwind: Workspace) -> None:
    address = code_of(visitor)
    visitor._open("HEAD", address)
    assert visitor.get(address).status_code == 303
    assert visitor.cookie(host=host_of(nordwind))


def test_code_does_not_replace_another_person(bob: Visitor, visitor: Visitor, nordwind: Workspace) -> None:
    before = bob.cookie()
    page = bob.get(code_of(visitor))
    assert page.status_code == 200
    assert "Bob Lind" in page.text
    assert bob.cookie() == before


@pytest.mark.parametrize("code", ["", "x", "gAAAAAB", "0.0", "é", "a" * 5000])
def test_broken_codes_are_refused(visitor: Visitor, nordwind: Workspace, code: str) -> None:
    assert visitor.get(f"{host_of(nordwind)}/welcome?code={code}").status_code == 403


@pytest.mark.parametrize(
    "wish",
    [
        "//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil.example", "///evil.example",
        "/%09/evil.example", "javascript:alert(1)", "/\t/evil.example", " /settings", "http:evil.example",
        "/\n//evil.example", "evil.example", "@evil.example", "/..//evil.example",
    ],
)  # fmt: skip
def test_next_leads_to_own_pages_only(visitor: Visitor, nordwind: Workspace, wish: str) -> None:
    answer = visitor.post("/sign-in", ANNS | {"workspace": "nordwind", "next": wish})
    entered = visitor.get(visitor.follow(answer, until="/welcome").headers["Location"])
    parts = urlsplit(entered.headers["Location"])
    assert (parts.scheme, parts.netloc) == ("", "")
    assert entered.headers["Location"].startswith("/")
    assert not entered.headers["Location"].startswith("//")


def test_several_workspaces_are_listed(visitor: Visitor, nordwind: Workspace, kestrel: Workspace) -> None:
    visitor.post("/sign-in", ANNS)
    page = visitor.get("/workspaces").text
    assert NORDWIND.name in page
    assert KESTREL.name not in page
    assert "not a member" in visitor.get("/sign-in?workspace=kestrel").text


def test_copied_cookie_is_dead_after_signing_out(app: Flask, ann: Visitor, nordwind: Workspace) -> None:
    thief = Visitor(app, ann.host)
    thief.keep(ann.host, ann.cookie())
    thief.keep(BASE, ann.cookie(host=BASE))
    assert thief.get("/settings").status_code == 200
    assert ann.follow(ann.post("/sign-out")).status_code == 200
    assert thief.get("/settings").status_code == 302
    assert thief.get(f"{BASE}/workspaces").status_code == 303


def test_signing_out_on_the_base_host_closes_workspaces(ann: Visitor) -> None:
    ann.post(f"{BASE}/sign-out")
    assert ann.get("/settings").status_code == 302


def test_session_ends_when_nobody_uses_it(ann: Visitor) -> None:
    with clock.frozen(clock.now() + timedelta(days=8)):
        assert ann.get("/settings").status_code == 302


def test_cookie_of_another_workspace_opens_nothing(app: Flask, ann: Visitor, kestrel: Workspace) -> None:
    thief = Visitor(app, host_of(kestrel))
    thief.keep(thief.host, ann.cookie())
    assert thief.get("/settings").status_code == 302
    kim = signed_in(app, kestrel, KIM)
    assert kim.get("/settings").status_code == 200


@pytest.mark.parametrize("path", ["/find-workspace", "/forgot"])
def test_same_answer_for_known_and_unknown(app: Flask, nordwind: Workspace, path: str) -> None:
    known = Visitor(app).post(path, {"email": ANN.email})
    unknown = Visitor(app).post(path, {"email": "nobody@nordwind.example"})
    assert known.status_code == unknown.status_code == 200
    assert _plain(known.text, ANN.email) == _plain(unknown.text, "nobody@nordwind.example")
    (mail,) = control_mails()
    assert mail.to == ANN.email


def test_list_of_workspaces_goes_by_mail(app: Flask, visitor: Visitor, nordwind: Workspace) -> None:
    visitor.post("/find-workspace", {"email": ANN.email})
    (mail,) = control_mails()
    told = mail.read(app)
    assert host_of(nordwind) in told.text
    assert NORDWIND.name in told.text


def _plain(html: str, email: str) -> str:
    """A page without what differs by nature: the address typed, tokens."""
    lines = html.replace(email, "EMAIL").splitlines()
    return "\n".join(line for line in lines if "csrf" not in line)
