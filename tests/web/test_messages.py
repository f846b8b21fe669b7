"""Conversations on the pages of members: read, answered, noted, handed over, approved."""

from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.core import clock
from app.domain.letters import queries as letters
from app.domain.letters.models import Letter
from app.domain.messages import actions, queries
from app.domain.messages.models import Message, Thread
from tenants.session import session
from tests import post
from tests.cast import ANN, BOB, RALF, Workspace
from tests.domain.letters.scene import Town, founded
from tests.domain.letters.test_sending import late
from tests.visitor import Visitor, signed_in

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>"


@pytest.fixture
def town(app: Flask, nordwind: Workspace) -> Town:
    return founded(app, nordwind, post.Post(0))


@pytest.fixture
def ann(app: Flask, nordwind: Workspace) -> Visitor:
    return signed_in(app, nordwind, ANN)


def asked(town: Town, body: str = "Wo bleibt sie?") -> UUID:
    with town.act():
        about = ("orders", town.meyer.order.id)
        return actions.write(town.meyer.as_carol, about=about, body=body).thread_id


def thread(town: Town, thread_id: UUID) -> Thread:
    with town.act():
        found = queries.get(town.ann, thread_id)
        session.expunge_all()
        return found


def test_a_message_stands_on_every_page_at_once(town: Town, ann: Visitor) -> None:
    thread_id = asked(town)
    for path in (
        f"/contacts/{town.meyer.carol.id}?tab=messages",
        f"/companies/{town.meyer.company.id}?tab=messages",
        f"/orders/{town.meyer.order.id}?tab=messages",
        f"/orders/{town.meyer.order.id}?tab=timeline",
        "/messages",
        f"/messages/{thread_id}",
    ):
        page = ann.get(path)
        assert "Wo bleibt sie?" in page.text, path
    home = ann.get("/").text
    assert "Meyer Maschinenbau" in home
    assert f"/messages/{thread_id}" in home
    bar = ann.get(f"/companies/{town.meyer.company.id}").text
    assert f"/messages/{thread_id}" in bar


def test_nothing_of_a_customer_runs(town: Town, ann: Visitor) -> None:
    thread_id = asked(town, HOSTILE)
    for path in (f"/messages/{thread_id}", "/messages", f"/contacts/{town.meyer.carol.id}"):
        page = ann.get(path).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_it_is_answered_where_it_stands(town: Town, ann: Visitor) -> None:
    thread_id = asked(town)
    answer = ann.post(f"/messages/{thread_id}", {"body": "Morgen."})
    assert answer.headers["Location"].endswith(f"/messages/{thread_id}")
    assert thread(town, thread_id).awaits == "customer"
    page = ann.get("/messages?box=customer").text
    assert "Morgen." in page
    assert "Morgen." not in ann.get("/messages").text


def test_a_note_has_another_box_and_never_leaves(town: Town, ann: Visitor) -> None:
    thread_id = asked(town)
    assert ann.post(f"/messages/{thread_id}", {"body": "Vorsicht", "note": "1"}).status_code == 303
    assert 'class="line note"' in ann.get(f"/messages/{thread_id}").text
    with town.act():
        assert session.scalars(select(Letter)).all() == []
        shown = queries.thread(town.meyer.as_carol, thread_id).messages
        assert [each.body for each in shown] == ["Wo bleibt sie?"]


def test_a_company_is_written_to_through_one_of_its_people(town: Town, ann: Visitor) -> None:
    company = f"/companies/{town.meyer.company.id}?tab=messages"
    page = ann.get(company).text
    assert f'<option value="{town.meyer.carl.id}">' in page
    sent = {
        "object": "companies", "record_id": str(town.meyer.company.id),
        "contact_id": str(town.meyer.carl.id), "body": "Guten Tag", "next": company,
    }  # fmt: skip
    assert ann.post("/messages", sent).headers["Location"].endswith(company)
    with town.act():
        assert session.scalars(select(Letter)).one().address == town.meyer.carl["email"]
    sent |= {"next": "https://evil.example/"}
    assert "evil" not in ann.post("/messages", sent).headers["Location"]


def test_closing_reopening_and_handing_over(town: Town, ann: Visitor) -> None:
    thread_id = asked(town)
    ann.post(f"/messages/{thread_id}/closing")
    assert thread(town, thread_id).state == "closed"
    assert "Wo bleibt sie?" in ann.get("/messages?box=closed").text
    ann.post(f"/messages/{thread_id}/reopening")
    bob = town.workspace.members[BOB.email]
    ann.post(f"/messages/{thread_id}/owner?member={bob}")
    now = thread(town, thread_id)
    assert (now.state, now.awaits, now.owner_id) == ("open", "us", bob)


def test_a_long_inbox_is_paged(town: Town, ann: Visitor) -> None:
    with town.act():
        for number in range(53):
            actions.write(town.meyer.as_carol, subject=f"Frage {number:02}", body="?")
    page = ann.get("/messages").text
    assert page.count('class="row" href') == 50
    after = page.partition("after=")[2].partition('"')[0]
    rest = ann.get(f"/messages?after={after}").text
    assert rest.count('class="row" href') == 3
    assert "Frage 52" in rest


def test_of_two_of_one_instant_the_inbox_shows_the_later(town: Town) -> None:
    with clock.frozen(clock.now()):
        thread_id = asked(town, "Eins")
        with town.act():
            actions.write(town.meyer.as_carol, thread_id=thread_id, body="Zwei")
    for touched in ("Eins", "Zwei"):
        with town.act():
            session.execute(update(Message).where(Message.body == touched).values(subject="?"))
            (row,) = queries.page(town.ann, "us").rows
            assert [each.body for each in row.messages] == ["Zwei"], touched


def test_readers_have_no_box_to_write_in(app: Flask, town: Town, nordwind: Workspace) -> None:
    thread_id = asked(town)
    page = signed_in(app, nordwind, RALF).get(f"/messages/{thread_id}").text
    assert "Wo bleibt sie?" in page
    assert "write-box" not in page


def test_a_letter_is_approved_on_today_and_on_its_incident(town: Town, ann: Visitor) -> None:
    incident = late(town)
    town.work()
    with town.act():
        (letter,) = letters.waiting(town.ann)
        letter_id = letter.id
    for path in ("/", f"/incidents/{incident}"):
        page = ann.get(path).text
        assert f"/letters/{letter_id}/approval" in page
        assert "Bestellung 10248 verspätet sich" in page
    assert ann.post(f"/letters/{letter_id}/refusal").status_code == 303
    assert ann.post(f"/letters/{letter_id}/approval").status_code == 409
    assert f"/letters/{letter_id}" not in ann.get("/").text
