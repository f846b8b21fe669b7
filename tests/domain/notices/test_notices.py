"""Members are told once, by mail too, and know what they have not read."""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import psycopg
import pytest
from flask import Flask

from app.config import ROOT, Settings
from app.core import process
from app.core.ids import new_id
from app.core.mail import enqueue_control_mail
from app.domain.notices import actions, kinds, queries
from tenants.context import entered
from tenants.session import unit_of_work
from tests import post, work
from tests.cast import ANN, BOB, Person, Workspace

LATE = kinds.register(
    kinds.Kind("test_late", "Order %(number)s is late", "It was promised for %(promised_on)s.", "broken")
)
DATA = {"number": "10248\r\nBcc: all@victims.example", "promised_on": "2026-11-19"}


@pytest.fixture
def mails(settings: Settings, app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[post.Post]:
    for url, table in work.places():
        with psycopg.connect(url, autocommit=True) as owner:
            owner.execute(f"DELETE FROM {table}".encode())
    with post.office() as office:
        monkeypatch.setattr(process, "_settings", replace(settings, smtp_url=office.url))
        yield office


def tell(app: Flask, workspace: Workspace, key: str, person: Person = ANN, mail: bool = True) -> bool:
    with app.app_context(), entered(workspace.tenant), unit_of_work():
        member = workspace.members[person.email]
        return actions.tell(member, key, LATE.name, "deliveries", new_id(), DATA, mail)


def unread(app: Flask, workspace: Workspace, person: Person = ANN) -> int:
    with app.app_context(), entered(workspace.tenant), unit_of_work(read_only=True):
        return queries.unread(workspace.actor(person))


def test_same_key_is_told_once(app: Flask, nordwind: Workspace, mails: post.Post) -> None:
    assert [tell(app, nordwind, "late:1"), tell(app, nordwind, "late:1")] == [True, False]
    work.work_off(app)
    assert len(mails.mails) == 1
    assert unread(app, nordwind) == 1


def test_mail_says_what_and_where(app: Flask, nordwind: Workspace, mails: post.Post) -> None:
    tell(app, nordwind, "late:1")
    work.work_off(app)
    ((to, message),) = mails.mails
    assert to == [ANN.email]
    assert message["Bcc"] is None
    assert "10248 Bcc: all@victims.example" in message["Subject"]
    assert "Nordwind GmbH" in message["From"]
    text = message.get_body(("plain",))
    assert text is not None
    assert "http://nordwind.localhost:8000/deliveries/" in text.get_content()
    html = message.get_body(("html",))
    assert html is not None
    assert '<a href="http://nordwind.localhost:8000/deliveries/' in html.get_content()


def test_who_has_read_it_gets_no_mail(app: Flask, nordwind: Workspace, mails: post.Post) -> None:
    tell(app, nordwind, "late:1")
    with app.app_context(), entered(nordwind.tenant), unit_of_work():
        assert actions.read(nordwind.actor(ANN)) == 1
    work.work_off(app)
    assert mails.mails == []


def test_each_reads_for_themselves(app: Flask, nordwind: Workspace, mails: post.Post) -> None:
    tell(app, nordwind, "late:1", ANN, mail=False)
    tell(app, nordwind, "late:2", BOB, mail=False)
    with app.app_context(), entered(nordwind.tenant), unit_of_work():
        actions.read(nordwind.actor(ANN))
    assert (unread(app, nordwind, ANN), unread(app, nordwind, BOB)) == (0, 1)


def test_mail_waits_while_the_server_refuses(app: Flask, nordwind: Workspace, mails: post.Post) -> None:
    mails.refuse = "450 try later"
    tell(app, nordwind, "late:1")
    work.work_off(app)
    mails.refuse = ""
    url, _ = work.places()[0]
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute("UPDATE kith.outbox SET due_at = now() WHERE state = 'staged'")
    work.work_off(app)
    assert len(mails.mails) == 1


def test_address_that_is_refused_for_good_is_given_up(
    app: Flask, nordwind: Workspace, mails: post.Post
) -> None:
    mails.refuse = "550 nobody here"
    tell(app, nordwind, "late:1")
    work.work_off(app)
    url, _ = work.places()[0]
    with psycopg.connect(url) as owner:
        assert owner.execute("SELECT state FROM kith.outbox").fetchall() == [("dead",)]


def test_mail_of_no_workspace_goes_by_the_control_outbox(
    app: Flask, ground_floor: None, mails: post.Post
) -> None:
    values = {"subject": "Hello", "sentence": "Welcome.", "url": "http://localhost:8000/x", "all_url": "/"}
    with app.app_context(), unit_of_work():
        enqueue_control_mail("mail/notice", "carol@meyer.example", "de", values)
    assert work.work_off(app) == 1
    ((to, message),) = mails.mails
    assert (to, message["Subject"]) == (["carol@meyer.example"], "Hello")


@pytest.mark.parametrize("module", ["app.factory", "workers.main"])
def test_every_kind_has_words_in_every_process(module: str) -> None:
    said = [path.read_text() for path in (ROOT / "app/domain").rglob("*.py")]
    told = f"import {module}; from app.domain.notices import kinds; print(*sorted(kinds._kinds))"
    known = subprocess.run(
        [sys.executable, "-P", "-c", told],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
        text=True,
    )
    assert known.stdout.split() == sorted(
        name for text in said for name in re.findall(r'\bKind\(\s*"(\w+)"', text)
    )
