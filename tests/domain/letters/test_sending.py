"""Letters to customers: when one is sent, what it says, and when none is."""

from uuid import UUID

import pytest
from sqlalchemy import select

from app.core.errors import Conflict, NotFound
from app.domain.incidents import actions as incidents
from app.domain.letters import actions, links, queries
from app.domain.letters.models import Letter, MailStop
from app.domain.messages import actions as talk
from app.domain.messages import queries as talks
from app.domain.notices.models import Notice
from app.domain.workspace import actions as workspace
from app.records import writing
from app.records.timeline import timeline
from tenants.session import session
from tests.domain.letters.scene import Town, text_of


def late(town: Town, door: str = "web") -> UUID:
    with town.act():
        who = town.ann
        delivery = writing.create(
            who, "deliveries", {"order_id": town.meyer.order.id, "promised_on": "2126-11-19"}
        )
        values = {"kind": "late", "delivery_id": delivery.id}
        return writing.create(who, "incidents", values).id


def settle(town: Town, **values: object) -> None:
    with town.act():
        workspace.change(town.ann, values)


def test_a_delay_waits_for_a_yes(town: Town) -> None:
    incident = late(town)
    assert town.mails() == []
    with town.act():
        (letter,) = queries.waiting(town.ann)
        assert (letter.kind, letter.contact_id) == ("delay", town.meyer.carol.id)
        assert queries.of_incident(town.ann, incident) == [letter]
        actions.approve(town.ann, letter.id)
    (mail,) = town.mails()
    assert mail["To"] == "carol@meyer-maschinenbau.example"
    assert mail["Subject"] == "Bestellung 10248 verspätet sich"
    assert "19. November 2126" in text_of(mail)
    with town.act(), pytest.raises(Conflict):
        actions.decline(town.ann, letter.id)


def test_a_delay_goes_at_once_where_nobody_need_say_yes(town: Town) -> None:
    settle(town, letters_need_approval=False, phone="0711 4000")
    late(town)
    (mail,) = town.mails()
    assert str(mail["From"]).startswith("Nordwind GmbH <")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "0711 4000" in text_of(mail)
    assert "0711 4000" in text_of(mail, "html")
    assert "Kith" not in text_of(mail, "html")


def test_a_declined_delay_is_never_sent(town: Town) -> None:
    incident = late(town)
    town.work()
    with town.act():
        actions.decline(town.ann, queries.waiting(town.ann)[0].id)
        incidents.resolve(town.ann, incident)
    assert town.mails() == []


def test_what_ends_before_the_yes_is_withdrawn(town: Town) -> None:
    incident = late(town)
    town.work()
    with town.act():
        incidents.resolve(town.ann, incident)
    assert town.mails() == []
    with town.act():
        (letter,) = queries.of_incident(town.ann, incident)
        assert (letter.state, letter.error) == ("withheld", "over")


def test_who_was_told_is_told_the_end_once(town: Town) -> None:
    settle(town, letters_need_approval=False)
    incident = late(town)
    town.work()
    for _ in range(2):
        with town.act():
            incidents.resolve(town.ann, incident, remedy="Ein Ersatz ist unterwegs.")
        town.work()
        with town.act():
            incidents.reopen(town.ann, incident)
        town.work()
    assert [mail["Subject"] for mail in town.mails()] == [
        "Bestellung 10248 verspätet sich",
        "Bestellung 10248: erledigt",
    ]


def test_what_a_customer_reports_is_confirmed_at_once_and_solved(town: Town) -> None:
    with town.act():
        values = {"kind": "wrong_item", "order_id": town.meyer.order.id}
        incident = writing.create(town.meyer.as_carol, "incidents", values).id
    (received,) = town.mails()
    assert received["Subject"] == "Bestellung 10248: Ihre Meldung ist angekommen"
    assert "Falscher Artikel" in text_of(received)
    with town.act():
        incidents.resolve(town.ann, incident)
    assert town.mails()[1]["Subject"] == "Bestellung 10248: erledigt"


def test_imported_history_writes_to_nobody(town: Town) -> None:
    settle(town, letters_need_approval=False)
    with town.act():
        row = writing.Row({"kind": "late", "order_id": town.meyer.order.id})
        writing.write_many(town.ann, "incidents", [row], quiet=True)
    assert town.mails() == []


@pytest.mark.parametrize("how", ["consent", "notices", "all"])
def test_who_wants_none_gets_none(town: Town, how: str) -> None:
    settle(town, letters_need_approval=False)
    carol = town.meyer.carol
    with town.act():
        if how == "consent":
            writing.update(town.ann, "contacts", carol.id, {"mail_consent": "refused"})
        else:
            session.add(MailStop(address=carol["email"], scope=how, reason="asked"))
    late(town)
    with town.act():
        talk.write(town.ann, contact_id=carol.id, body="An answer")
    sent = [mail["Auto-Submitted"] for mail in town.mails()]
    assert sent == ([] if how == "all" else [None])
    with town.act():
        kept = session.scalars(select(Letter).where(Letter.kind == "delay")).one()
        assert kept.state == "withheld"
        assert "letter_withheld" in [one.verb for one in timeline(town.ann, [carol.id]).entries]


def test_an_answer_stands_in_its_conversation(town: Town) -> None:
    with town.act():
        asked = talk.write(town.meyer.as_carol, about=("orders", town.meyer.order.id), body="Wo?")
        talk.write(town.ann, thread_id=asked.thread_id, body="Unterwegs.\nMorgen da.")
    (first,) = town.mails()
    with town.act():
        talk.write(town.ann, thread_id=asked.thread_id, body="Ist es da?")
    second = town.mails()[1]
    assert first["Subject"] == second["Subject"] == "Bestellung 10248: Nachricht von Nordwind GmbH"
    assert second["In-Reply-To"] == second["References"] == first["Message-ID"]
    assert first["Auto-Submitted"] is None
    assert "Unterwegs.\nMorgen da." in text_of(first)
    assert str(first["Reply-To"]).startswith("reply+")
    assert len(str(first["Reply-To"]).partition("@")[0]) == 64


def test_its_link_opens_that_one_thing_for_a_while(town: Town) -> None:
    with town.act():
        asked = talk.write(town.meyer.as_carol, body="Wo?")
        talk.write(town.ann, thread_id=asked.thread_id, body="Hier.")
    (mail,) = town.mails()
    code = text_of(mail).partition("/l/")[2].split()[0]
    with town.act():
        for _ in range(2):
            opened = links.open(code)
            assert opened[:3] == (town.meyer.carol.id, "threads", asked.thread_id)
        with pytest.raises(NotFound):
            links.open(code[:-1])
        writing.trash(town.ann, "contacts", town.meyer.carol.id)
        with pytest.raises(NotFound):
            links.open(code)


def test_what_is_refused_is_seen_where_it_stands(town: Town) -> None:
    town.post.refuse = "550 no such mailbox"
    with town.act():
        asked = talk.write(town.meyer.as_carol, body="Wo?")
        talk.write(town.ann, thread_id=asked.thread_id, body="Hier.")
    town.work()
    with town.act():
        carried = talks.thread(town.ann, asked.thread_id).messages[1].carried
        assert carried is not None
        assert carried.state == "failed"
        assert session.scalars(select(Notice.kind).order_by(Notice.id)).all() == [
            "message_waiting",
            "letter_failed",
        ]
        assert "letter_failed" in [one.verb for one in timeline(town.ann, [town.meyer.carol.id]).entries]


@pytest.mark.parametrize("line_break", ["\r\n", "\n", "\r", "\x85", "\u2028", "\u2029", "=?utf-8?q?=0D=0A?="])
def test_no_word_of_a_customer_becomes_a_header(town: Town, line_break: str) -> None:
    nasty = f"x{line_break}Bcc: all@victims.example"
    with town.act():
        carol = town.meyer.carol.id
        writing.update(town.ann, "contacts", carol, {"first_name": nasty.replace("\n", " ")})
        talk.write(town.ann, contact_id=carol, subject=nasty, body=nasty)
        actions.send("invitation", carol, values={"url": "https://x.example/1", "inviter": nasty})
    assert len(town.mails()) == 2
    for to, mail in town.post.mails:
        assert to == ["carol@meyer-maschinenbau.example"]
        assert mail["Bcc"] is None
        head = mail.as_bytes().partition(b"\n\n")[0]
        assert not any(line.lower().startswith(b"bcc") for line in head.splitlines())
