"""Forgotten and changed passwords."""

import threading
from datetime import timedelta
from urllib.parse import urlsplit

from flask import Flask

from app.core import clock
from tests.cast import ANN, PASSWORD, Workspace
from tests.mailbox import control_mails
from tests.visitor import BASE, Visitor, host_of

NEW = "ganz andere drei wörter"


def link(visitor: Visitor, template: str = "reset") -> str:
    """The address in the last mail of a kind."""
    return str([mail for mail in control_mails() if mail.template == template][-1].values["url"])


def code(visitor: Visitor) -> str:
    visitor.post(f"{BASE}/forgot", {"email": ANN.email})
    return link(visitor).partition("code=")[2]


def test_link_sets_a_new_password(visitor: Visitor, nordwind: Workspace) -> None:
    asked = code(visitor)
    assert visitor.get(f"/reset?code={asked}").status_code == 200
    answer = visitor.post("/reset", {"code": asked, "password": NEW})
    assert visitor.follow(answer).request.host == urlsplit(host_of(nordwind)).netloc
    assert Visitor(visitor.app).post("/sign-in", {"email": ANN.email, "password": NEW}).status_code == 303
    assert (
        Visitor(visitor.app).post("/sign-in", {"email": ANN.email, "password": PASSWORD}).status_code == 422
    )


def test_link_works_once(visitor: Visitor, nordwind: Workspace) -> None:
    asked = code(visitor)
    visitor.post("/reset", {"code": asked, "password": NEW})
    assert (
        Visitor(visitor.app).post("/reset", {"code": asked, "password": "again three words"}).status_code
        == 422
    )


def test_bad_password_does_not_use_the_link_up(visitor: Visitor, nordwind: Workspace) -> None:
    asked = code(visitor)
    assert visitor.post("/reset", {"code": asked, "password": "password"}).status_code == 422
    assert visitor.post("/reset", {"code": asked, "password": NEW}).status_code == 303


def test_newer_link_ends_the_older(visitor: Visitor, nordwind: Workspace) -> None:
    older, newer = code(visitor), code(visitor)
    assert visitor.post("/reset", {"code": older, "password": NEW}).status_code == 422
    assert visitor.post("/reset", {"code": newer, "password": NEW}).status_code == 303


def test_link_lives_an_hour(visitor: Visitor, nordwind: Workspace) -> None:
    asked = code(visitor)
    with clock.frozen(clock.now() + timedelta(minutes=61)):
        assert visitor.post("/reset", {"code": asked, "password": NEW}).status_code == 422


def test_link_names_the_configured_host(visitor: Visitor, nordwind: Workspace) -> None:
    visitor.post("/forgot", {"email": ANN.email}, headers={"X-Forwarded-Host": "evil.example"})
    assert link(visitor).startswith(f"{BASE}/reset?code=")


def test_reset_signs_every_browser_out(ann: Visitor, visitor: Visitor) -> None:
    visitor.post("/reset", {"code": code(visitor), "password": NEW})
    assert ann.get("/settings").status_code == 302
    assert ann.get(f"{BASE}/workspaces").status_code == 303


def test_one_of_many_resets_succeeds(app: Flask, visitor: Visitor, nordwind: Workspace) -> None:
    asked, statuses = code(visitor), list[int]()

    def reset(number: int) -> None:
        answer = Visitor(app).post("/reset", {"code": asked, "password": f"{NEW} {number}"})
        statuses.append(answer.status_code)

    threads = [threading.Thread(target=reset, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [303, 422, 422, 422]


def test_own_change_keeps_this_browser_only(
    app: Flask, ann: Visitor, visitor: Visitor, nordwind: Workspace
) -> None:
    visitor.follow(visitor.post("/sign-in", {"email": ANN.email, "password": PASSWORD}))
    thief = Visitor(app, visitor.host)
    thief.keep(visitor.host, visitor.cookie())
    answer = ann.post("/profile/password", {"old_password": PASSWORD, "password": NEW})
    assert answer.status_code == 303
    assert ann.get("/settings").status_code == 200
    assert visitor.get("/settings").status_code == 302
    assert thief.get("/settings").status_code == 302
    assert control_mails()[-1].template == "password_changed"


def test_change_asks_for_the_present_password(ann: Visitor) -> None:
    answer = ann.post("/profile/password", {"old_password": "not mine at all", "password": NEW})
    assert answer.status_code == 422
    assert 'id="f-old_password-wrong"' in answer.text


def test_too_many_mails_are_refused_for_everyone(visitor: Visitor, nordwind: Workspace) -> None:
    known = [visitor.post("/forgot", {"email": ANN.email}).status_code for _ in range(8)]
    unknown = [visitor.post("/forgot", {"email": "nobody@nordwind.example"}).status_code for _ in range(8)]
    assert known == unknown == [200] * 6 + [429] * 2
