"""One verb for everybody who writes: who sees it, whose turn it is, who is told."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text

from app.core import clock
from app.core.actor import Actor
from app.core.errors import Invalid, NotAllowed, NotFound
from app.domain.letters.models import Letter
from app.domain.messages import actions, queries
from app.domain.messages.models import Thread
from app.domain.notices.models import Notice
from app.records.timeline import timeline
from tenants.session import session
from tests.cast import BOB, RALF, Workspace
from tests.domain.messages.talk import Scene, scene

FRIDAY = datetime(2026, 11, 20, 14, tzinfo=UTC)


@pytest.fixture
def meyer(ann: Actor, nordwind: Workspace) -> Scene:
    with clock.frozen(FRIDAY):
        return scene(ann, nordwind.members[BOB.email])


def test_a_customers_message_waits_for_us(ann: Actor, meyer: Scene) -> None:
    with clock.frozen(FRIDAY):
        message = actions.write(meyer.as_carol, about=("orders", meyer.order.id), body="Where is it?")
    thread = queries.get(ann, message.thread_id)
    assert (thread.awaits, thread.awaits_since, thread.contact_id) == ("us", FRIDAY, meyer.carol.id)
    # Friday 15:00 in Berlin: two hours that day, six on Monday.
    assert thread.answer_due_at == datetime(2026, 11, 23, 14, tzinfo=UTC)


def test_it_stands_on_every_timeline_at_once(ann: Actor, meyer: Scene) -> None:
    actions.write(meyer.as_carol, about=("orders", meyer.order.id), body="Where is it?")
    for record in (meyer.carol, meyer.company, meyer.order):
        told = [entry.verb for entry in timeline(ann, [record.id]).entries]
        assert "message_received" in told


def test_the_owner_is_told_once_while_one_waits(ann: Actor, meyer: Scene, nordwind: Workspace) -> None:
    first = actions.write(meyer.as_carol, body="Hello?")
    actions.write(meyer.as_carol, thread_id=first.thread_id, body="Anybody?")
    told = session.scalars(select(Notice)).all()
    assert [(each.member_id, each.kind) for each in told] == [
        (nordwind.members[BOB.email], "message_waiting")
    ]
    actions.write(ann, thread_id=first.thread_id, body="Here we are.")
    actions.write(meyer.as_carol, thread_id=first.thread_id, body="Thank you")
    assert len(session.scalars(select(Notice)).all()) == 2


def test_an_answer_goes_out_by_mail_once(ann: Actor, meyer: Scene) -> None:
    asked = actions.write(meyer.as_carol, body="Hello?")
    answer = actions.write(ann, thread_id=asked.thread_id, body="Good morning")
    letter = session.scalars(select(Letter)).one()
    assert (letter.kind, letter.address, letter.language) == ("answer", meyer.carol["email"], "de")
    assert letter.mail_id == answer.mail_id
    thread = session.get_one(Thread, asked.thread_id)
    assert (thread.awaits, thread.answer_due_at) == ("customer", None)


def test_a_note_never_leaves(ann: Actor, meyer: Scene) -> None:
    asked = actions.write(meyer.as_carol, body="Hello?")
    actions.write(ann, thread_id=asked.thread_id, body="Careful with her", note=True)
    assert session.scalars(select(Letter)).all() == []
    assert [each.body for each in queries.thread(ann, asked.thread_id).messages] == [
        "Hello?",
        "Careful with her",
    ]
    assert [each.body for each in queries.thread(meyer.as_carol, asked.thread_id).messages] == ["Hello?"]
    assert queries.get(ann, asked.thread_id).awaits == "us"
    with pytest.raises(Invalid):
        actions.write(meyer.as_carol, thread_id=asked.thread_id, body="x", note=True)


def test_a_colleague_reads_only_where_the_account_may(meyer: Scene) -> None:
    asked = actions.write(meyer.as_carol, about=("orders", meyer.order.id), body="Hello?")
    with pytest.raises(NotFound):
        queries.thread(meyer.as_carl, asked.thread_id)
    with pytest.raises(NotFound):
        actions.write(meyer.as_carl, thread_id=asked.thread_id, body="Me too")
    with pytest.raises(NotFound):
        actions.write(meyer.as_carl, about=("orders", meyer.order.id), body="Me too")
    assert queries.of_customer(meyer.as_carl) == []
    boss = meyer.customer(meyer.carl, sees_company=True)
    assert len(queries.thread(boss, asked.thread_id).messages) == 1


def test_one_record_has_one_open_conversation_a_contact(ann: Actor, meyer: Scene) -> None:
    about = ("orders", meyer.order.id)
    first = actions.write(meyer.as_carol, about=about, body="One")
    assert actions.write(ann, about=about, body="Two").thread_id == first.thread_id
    actions.close(ann, first.thread_id)
    assert actions.write(meyer.as_carol, about=about, body="Three").thread_id != first.thread_id


def test_a_message_needs_somebody_and_words(ann: Actor, meyer: Scene) -> None:
    for wrong in (" ", "x" * 20_001, "To nobody"):
        with pytest.raises(Invalid):
            actions.write(ann, about=("companies", meyer.company.id), body=wrong)
    assert actions.write(ann, about=("companies", meyer.company.id), body="Idea", note=True)


def test_readers_read_and_do_not_write(nordwind: Workspace, meyer: Scene) -> None:
    asked = actions.write(meyer.as_carol, body="Hello?")
    ralf = nordwind.actor(RALF)
    assert queries.thread(ralf, asked.thread_id).messages
    with pytest.raises(NotAllowed):
        actions.write(ralf, thread_id=asked.thread_id, body="Hi")


def test_closing_ends_the_waiting_and_writing_opens_again(ann: Actor, meyer: Scene) -> None:
    asked = actions.write(meyer.as_carol, body="Hello?")
    assert actions.close(ann, asked.thread_id).awaits == "nobody"
    assert queries.waiting(ann) == []
    assert actions.reopen(ann, asked.thread_id).awaits == "us"
    actions.close(ann, asked.thread_id)
    actions.write(meyer.as_carol, thread_id=asked.thread_id, body="Still there?")
    assert [each.id for each in queries.waiting(ann)] == [asked.thread_id]
    with pytest.raises(NotAllowed):
        actions.close(meyer.as_carol, asked.thread_id)


def test_reading_is_remembered_for_the_other_side(ann: Actor, meyer: Scene) -> None:
    asked = actions.write(meyer.as_carol, body="Hello?")
    answer = actions.write(ann, thread_id=asked.thread_id, body="Yes")
    assert queries.thread(ann, asked.thread_id).messages[1].read_at is None
    actions.read(meyer.as_carol, asked.thread_id)
    shown = queries.thread(ann, asked.thread_id).messages[1]
    assert shown.message.id == answer.id
    assert shown.read_at is not None


def test_silence_breaks_a_promise(ann: Actor, meyer: Scene) -> None:
    with clock.frozen(FRIDAY):
        actions.write(meyer.as_carol, body="Hello?")
    row = session.execute(text("SELECT * FROM promises WHERE source = 'threads'")).one()
    assert (row.label, row.company_id) == ("Carol Meyer", meyer.company.id)
    assert row.due_at == FRIDAY + timedelta(days=3)
    assert row.kept_at is None
