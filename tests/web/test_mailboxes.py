"""The pages of mailboxes: connecting in three steps, deciding about strangers, mails on the record."""

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from flask import Flask
from sqlalchemy import text

from app.records import writing
from tenants.context import entered
from tenants.session import session, unit_of_work
from tests import post
from tests.cast import CAROL, DAN, KIM, LEO, Workspace
from tests.imap import PASSWORD, Mailbox, mail
from tests.post import Post
from tests.visitor import Visitor, signed_in
from tests.work import work_off

AGAIN = re.compile(r'action="(/mailboxes/mails/[^"]+/attempts)"')


@pytest.fixture
def smtp() -> Iterator[Post]:
    with post.office() as server:
        yield server


@pytest.fixture
def kim(app: Flask, kestrel: Workspace) -> Visitor:
    return signed_in(app, kestrel, KIM)


def login(box: Mailbox, smtp: Post, **changed: str) -> dict[str, str]:
    """The form of connecting, filled in."""
    told = {
        "address": KIM.email,
        "username": box.user,
        "password": PASSWORD,
        "imap_host": box.server.host,
        "imap_port": str(box.server.port),
        "imap_security": "none",
        "smtp_host": "127.0.0.1",
        "smtp_port": str(smtp.port),
        "smtp_security": "none",
    }
    return {**told, **changed}


def connect(kim: Visitor, box: Mailbox, smtp: Post) -> str:
    """The address of the mailbox once it is connected."""
    answer = kim.post("/mailboxes", data=login(box, smtp))
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"].removesuffix("/folders"))


def read(app: Flask, kim: Visitor, box: Mailbox, smtp: Post, privacy: str = "metadata") -> str:
    """The address of the mailbox once all of it is read."""
    address = connect(kim, box, smtp)
    chosen = {"start": "2026-01-01", "folder": ["INBOX", "Sent"], "privacy": privacy}
    assert kim.post(f"{address}/folders", data=chosen).status_code == 303
    work_off(app)
    return address


def customer(app: Flask, kestrel: Workspace) -> str:
    """Carol, who is a contact."""
    with app.app_context(), entered(kestrel.tenant), unit_of_work():
        values = {"first_name": CAROL.first_name, "last_name": CAROL.last_name, "email": CAROL.email}
        return str(writing.create(kestrel.actor(KIM), "contacts", values).id)


def test_folders_are_counted_before_anything_is_read(
    app: Flask, kestrel: Workspace, kim: Visitor, mailbox_post: Mailbox, smtp: Post
) -> None:
    mailbox_post.put(mail(CAROL.email, KIM.email), mail(DAN.email, KIM.email))
    page = kim.get(f"{connect(kim, mailbox_post, smtp)}/folders?start=2026-01-01")
    assert re.search(r"INBOX.{0,200}2 mails", page.text, re.DOTALL)
    with app.app_context(), entered(kestrel.tenant), unit_of_work(read_only=True):
        assert session.scalar(text("SELECT count(*) FROM mailbox_items")) == 0


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"password": "wrong"}, "does not take this user name and password"),
        ({"imap_security": "tls"}, "does not offer an encrypted connection"),
        ({"imap_host": "no.such.host.invalid", "imap_security": "tls"}, "There is no server called"),
        ({"imap_port": "1"}, "does not answer on port 1"),
        ({"imap_host": "10.1.2.3", "imap_port": "993", "imap_security": "tls"}, "inside a private network"),
        ({"address": "kim"}, "not an e-mail address"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(
    kim: Visitor, mailbox_post: Mailbox, smtp: Post, changed: dict[str, str], sentence: str
) -> None:
    answer = kim.post("/mailboxes", data=login(mailbox_post, smtp, **changed))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert PASSWORD not in answer.text


def test_the_password_is_kept_sealed(
    app: Flask, kestrel: Workspace, kim: Visitor, mailbox_post: Mailbox, smtp: Post
) -> None:
    connect(kim, mailbox_post, smtp)
    with app.app_context(), entered(kestrel.tenant), unit_of_work(read_only=True):
        assert PASSWORD not in str(session.execute(text("SELECT m::text FROM mailboxes m")).all())


def test_strangers_become_contacts_and_their_mails_follow(
    app: Flask, kestrel: Workspace, kim: Visitor, mailbox_post: Mailbox, smtp: Post
) -> None:
    mailbox_post.put(mail("Dan Otto <dan@wandernde-kuh.example>", KIM.email, "A question about hay"))
    address = read(app, kim, mailbox_post, smtp)
    assert "Dan Otto" in kim.get("/mailboxes/people").text
    assert kim.post("/mailboxes/people/contacts", data={"ids": DAN.email}).status_code == 303
    work_off(app)
    assert "Dan Otto" not in kim.get("/mailboxes/people").text
    assert "Dan Otto" in kim.get("/contacts").text
    assert "Wandernde Kuh" in kim.get("/companies").text
    assert re.search(r"<dd>1</dd><dt>with customers", kim.get(address).text)


def test_a_blocked_domain_is_heard_no_more(
    app: Flask, kestrel: Workspace, kim: Visitor, mailbox_post: Mailbox, smtp: Post
) -> None:
    mailbox_post.put(mail("a@pest.example", KIM.email), mail("b@pest.example", KIM.email))
    address = read(app, kim, mailbox_post, smtp)
    kim.post("/mailboxes/people/blocked?domain=1", data={"ids": "a@pest.example"})
    mailbox_post.put(mail("c@pest.example", KIM.email))
    kim.post(f"{address}/resumption")
    work_off(app)
    page = kim.get("/mailboxes")
    assert "@pest.example" in page.text
    assert re.search(r"<dd>3</dd><dt>left alone", page.text)


def test_colleagues_see_what_the_owner_lets_them(
    app: Flask, kestrel: Workspace, kim: Visitor, mailbox_post: Mailbox, smtp: Post
) -> None:
    carol, leo = customer(app, kestrel), signed_in(app, kestrel, LEO)
    mailbox_post.put(mail(CAROL.email, KIM.email, "Cinnamon", "Nutmeg and clove"))
    address = read(app, kim, mailbox_post, smtp)
    where = f"/contacts/{carol}?tab=messages"
    assert "Nutmeg and clove" in kim.get(where).text
    for privacy, seen in (("metadata", (False, False)), ("subject", (True, False)), ("full", (True, True))):
        kim.post(f"{address}/privacy", data={"privacy": privacy})
        told = leo.get(where).text
        assert ("Cinnamon" in told, "Nutmeg and clove" in told) == seen, privacy
    kim.post(f"{address}/privacy", data={"privacy": "metadata"})
    assert "Cinnamon" not in leo.get(where).text


def test_what_is_disconnected_is_asked_about(
    app: Flask, kestrel: Workspace, kim: Visitor, mailbox_post: Mailbox, smtp: Post
) -> None:
    carol = customer(app, kestrel)
    mailbox_post.put(mail(CAROL.email, KIM.email, "Cinnamon", "Nutmeg and clove"))
    address = read(app, kim, mailbox_post, smtp)
    kim.post(f"{address}/removal", data={"stored": "erase"})
    assert kim.get(address).status_code == 404
    assert "Nutmeg" not in kim.get(f"/contacts/{carol}?tab=messages").text


def test_a_mail_from_the_record_goes_once_and_lies_in_sent(
    app: Flask, kestrel: Workspace, kim: Visitor, mailbox_post: Mailbox, smtp: Post
) -> None:
    carol = customer(app, kestrel)
    address = read(app, kim, mailbox_post, smtp)
    mailbox = address.rpartition("/")[2]
    sent = {
        "contact": carol,
        "mailbox": mailbox,
        "subject": "Your\r\nBcc: eve@evil.example order",
        "body": "It is here.",
    }
    assert kim.post("/mailboxes/mails", data=sent).status_code == 303
    work_off(app)
    ((recipients, message),) = smtp.mails
    assert (recipients, message["Bcc"]) == ([CAROL.email], None)
    (copy,) = mailbox_post.lies_in("Sent")
    assert message["Message-ID"].encode() in copy
    kim.post(f"{address}/resumption")
    work_off(app)
    page = kim.get(f"/contacts/{carol}?tab=messages").text
    assert page.count("It is here.") == 1
    assert len(smtp.mails) == 1


def test_a_refused_mail_says_why_and_is_tried_again(
    app: Flask, kestrel: Workspace, kim: Visitor, mailbox_post: Mailbox, smtp: Post
) -> None:
    carol = customer(app, kestrel)
    mailbox = read(app, kim, mailbox_post, smtp).rpartition("/")[2]
    smtp.refuse = "550 nobody of that name"
    kim.post(
        "/mailboxes/mails",
        data={"contact": carol, "mailbox": mailbox, "subject": "Hay", "body": "It is here."},
    )
    work_off(app)
    where = f"/contacts/{carol}?tab=messages"
    page = kim.get(where).text
    assert "550 nobody of that name" in page
    (again,) = AGAIN.findall(page)
    assert not AGAIN.search(signed_in(app, kestrel, LEO).get(where).text)
    smtp.refuse = ""
    assert kim.post(again).status_code == 303
    work_off(app)
    assert len(smtp.mails) == 1
    assert not AGAIN.search(kim.get(where).text)
    assert kim.post(again).status_code == 409


def test_what_hangs_on_a_mail_is_named(
    app: Flask, kestrel: Workspace, kim: Visitor, mailbox_post: Mailbox, smtp: Post
) -> None:
    carol, leo = customer(app, kestrel), signed_in(app, kestrel, LEO)
    letter = message_from_bytes(mail(CAROL.email, KIM.email, mail_id="<1@m>"), policy=policy.default)
    assert isinstance(letter, EmailMessage)
    letter.add_attachment(b"x" * 1_240_000, "image", "jpeg", filename="Photo of the hay.jpg")
    mailbox_post.put(letter.as_bytes(policy=policy.SMTP))
    read(app, kim, mailbox_post, smtp, "subject")
    where = f"/contacts/{carol}?tab=messages"
    page = kim.get(where).text
    assert re.search(r"Photo of the hay\.jpg</bdi> <small[^>]*>1\.2 MB, in the mailbox<", page)
    assert "Photo of the hay" not in leo.get(where).text
