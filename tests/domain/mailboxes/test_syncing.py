"""Reading a mailbox: known people's mails become messages, once each, in their conversations."""

from datetime import UTC, datetime, timedelta

from app.records import writing
from app.records.timeline import timeline
from tenants.engines import engines
from tenants.session import session
from tests.cast import ANN, BOB, CAROL, DAN
from tests.domain.mailboxes.scene import Scene
from tests.imap import SENT_AT, mail


def test_mail_of_a_contact_becomes_a_message(scene: Scene) -> None:
    carol = scene.customer()
    scene.post.put(scene.writes(subject="Late again", text="Where is order 10248?", mail_id="<1@meyer>"))
    mailbox = scene.sync(scene.connected())
    (message,) = scene.messages()
    assert (message.direction, message.author_kind, message.contact_id) == ("in", "customer", carol)
    assert (message.subject, message.body.strip(), message.sent_at) == (
        "Late again",
        "Where is order 10248?",
        SENT_AT,
    )
    assert (mailbox.state, mailbox.error) == ("idle", None)
    assert mailbox.counts == {
        "stored": 1,
        "unknown": 0,
        "ignored": 0,
        "refused": 0,
        "waiting": 0,
        "expected": 1,
    }


def test_any_address_of_a_contact_counts(scene: Scene) -> None:
    carol = scene.customer()
    writing.update(
        scene.ann, "contacts", carol, {"emails": [{"value": CAROL.email}, {"value": "c@home.example"}]}
    )
    scene.post.put(mail("c@home.example", ANN.email))
    scene.sync(scene.connected())
    assert [each.contact_id for each in scene.messages()] == [carol]


def test_sent_mail_is_on_the_timeline_too(scene: Scene) -> None:
    carol = scene.customer()
    scene.post.put(mail(ANN.email, CAROL.email, "Sorry"), folder="Sent")
    scene.sync(scene.connected())
    (message,) = scene.messages()
    assert (message.direction, message.author_kind, message.member_id) == ("out", "member", scene.ann.id)
    (entry,) = [each for each in timeline(scene.ann, [carol]).entries if each.verb == "message_sent"]
    assert (entry.at, entry.actor_name) == (SENT_AT, ANN.name)


def test_replies_are_one_conversation_whatever_comes_first(scene: Scene) -> None:
    scene.customer()
    first, second, third = "<1@m>", "<2@n>", "<3@m>"
    scene.post.put(
        scene.writes(mail_id=third, refs=[first, second]),
        scene.writes(mail_id=first),
        scene.writes(subject="Something else", mail_id="<9@m>"),
    )
    scene.post.put(mail(ANN.email, CAROL.email, mail_id=second, refs=[first]), folder="Sent")
    scene.sync(scene.connected())
    together = {each.thread_id for each in scene.messages() if each.mail_id != "<9@m>"}
    assert (len(together), len(scene.threads())) == (1, 2)
    assert sorted(each.messages_count for each in scene.threads()) == [1, 3]


def test_a_mail_passed_on_shows_nothing_of_it_to_others(scene: Scene) -> None:
    scene.customer()
    dan = scene.customer(DAN)
    scene.post.put(scene.writes(mail_id="<1@m>"))
    scene.post.put(mail(ANN.email, DAN.email, mail_id="<2@n>", refs=["<1@m>"]), folder="Sent")
    scene.sync(scene.connected())
    threads = {each.contact_id: each for each in scene.threads()}
    assert len(threads) == 2
    assert [each.mail_id for each in scene.messages() if each.thread_id == threads[dan].id] == ["<2@n>"]


def test_a_companys_domain_leads_to_the_company(scene: Scene) -> None:
    meyer = scene.company("Meyer", "meyer-maschinenbau.example")
    scene.post.put(scene.writes())
    scene.sync(scene.connected())
    (thread,) = scene.threads()
    assert (thread.company_id, thread.contact_id) == (meyer, None)
    assert [each.author_kind for each in scene.messages()] == ["stranger"]


def test_what_colleagues_write_each_other_is_left_alone(scene: Scene) -> None:
    scene.post.put(mail(BOB.email, ANN.email), mail("assistant@nordwind.example", [ANN.email, BOB.email]))
    scene.sync(scene.connected())
    assert scene.items() == [("ignored", "internal")] * 2
    assert scene.messages() == []


def test_lists_and_machines_ask_nobody(scene: Scene) -> None:
    scene.post.put(
        mail("news@shop.example", ANN.email, List_Id="<news.shop.example>"),
        mail("no-reply@shop.example", ANN.email),
        mail("d@shop.example", ANN.email, Auto_Submitted="auto-replied"),
    )
    scene.sync(scene.connected())
    assert scene.items() == [("ignored", "automatic")] * 3


def test_looking_again_reads_only_what_is_new(scene: Scene) -> None:
    scene.customer()
    scene.post.put(scene.writes(mail_id="<1@m>"))
    mailbox = scene.sync(scene.connected())
    scene.post.put(scene.writes(mail_id="<2@m>"))
    scene.sync(mailbox)
    scene.sync(mailbox)
    assert [each.mail_id for each in scene.messages()] == ["<1@m>", "<2@m>"]
    assert len(scene.items()) == 2


def test_new_numbers_double_nothing(scene: Scene) -> None:
    scene.customer()
    scene.post.put(scene.writes(mail_id="<1@m>"), scene.writes(text="No id at all"))
    mailbox = scene.sync(scene.connected())
    scene.post.renumber()
    scene.post.put(scene.writes(mail_id="<3@m>"))
    scene.sync(mailbox)
    assert len(scene.messages()) == 3
    assert scene.items() == [("stored", "contact")] * 3


def test_one_mail_in_two_folders_is_one_message(scene: Scene) -> None:
    scene.customer()
    scene.post.create("Projects")
    letter = scene.writes(mail_id="<1@m>")
    scene.post.put(letter)
    scene.post.put(letter, folder="Projects")
    scene.sync(scene.connected(["INBOX", "Projects"]))
    assert len(scene.messages()) == 1
    assert scene.items() == [("stored", "contact")] * 2


def test_nothing_before_the_start_is_met(scene: Scene) -> None:
    scene.customer()
    with scene.post.signed_in() as client:
        client.append("INBOX", None, datetime(2025, 12, 1, tzinfo=UTC), scene.writes(mail_id="<old@m>"))
    scene.post.put(scene.writes(mail_id="<new@m>"))
    scene.sync(scene.connected())
    assert [each.mail_id for each in scene.messages()] == ["<new@m>"]


def test_history_asks_for_no_answer_but_new_mail_does(scene: Scene) -> None:
    scene.customer()
    scene.post.put(scene.writes(mail_id="<1@m>"))
    mailbox = scene.sync(scene.connected())
    assert [each.awaits for each in scene.threads()] == ["nobody"]
    later = mailbox.created_at.replace(microsecond=0) + timedelta(hours=1)
    scene.post.put(scene.writes(mail_id="<2@m>", refs=["<1@m>"], at=later))
    scene.sync(mailbox)
    session.expire_all()
    (thread,) = scene.threads()
    assert (thread.awaits, thread.awaits_since) == ("us", later)


def test_a_folder_that_is_gone_is_told(scene: Scene) -> None:
    scene.post.create("Projects")
    mailbox = scene.sync(scene.connected(["INBOX", "Projects"]))
    scene.post.remove("Projects")
    scene.sync(mailbox)
    assert mailbox.error is not None
    assert mailbox.error["data"] == {"name": "Projects"}


def test_a_password_that_changed_is_told_at_once(scene: Scene) -> None:
    mailbox = scene.sync(scene.connected())
    mailbox.secret_encrypted = engines().vault.seal("of yesterday")
    session.flush()
    scene.sync(mailbox)
    assert (mailbox.state, mailbox.failures) == ("failing", 1)
    assert mailbox.error is not None
    assert "password" in mailbox.error["message"]
