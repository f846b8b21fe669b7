"""Confirming an address, and changing it."""

from flask import Flask

from tests.cast import ANN, BOB, PASSWORD, Workspace
from tests.mailbox import control_mails
from tests.visitor import BASE, Visitor
from tests.web.signing_up import PASSWORD as CHOSEN
from tests.web.signing_up import settled

BAR = "confirm-bar"


def code(template: str = "confirm") -> str:
    url: str = [mail for mail in control_mails() if mail.template == template][-1].values["url"]
    return url.partition("code=")[2]


def test_bar_stays_until_confirmed(visitor: Visitor) -> None:
    assert BAR in settled(visitor).text
    answer = visitor.post(f"{BASE}/confirm", {"code": code()})
    assert answer.status_code == 303
    visitor.follow(answer)
    assert BAR not in visitor.get("/settings").text


def test_looking_at_the_link_confirms_nothing(visitor: Visitor) -> None:
    settled(visitor)
    assert "at-once" in visitor.get(f"{BASE}/confirm?code={code()}").text
    assert BAR in visitor.get("/settings").text


def test_another_browser_needs_the_password(app: Flask, visitor: Visitor) -> None:
    settled(visitor)
    elsewhere = Visitor(app)
    assert "at-once" not in elsewhere.get(f"/confirm?code={code()}").text
    assert elsewhere.post("/confirm", {"code": code()}).status_code == 422
    assert elsewhere.post("/confirm", {"code": code(), "password": CHOSEN}).status_code == 303
    assert BAR not in visitor.get("/settings").text


def test_inviting_waits_for_the_confirmation(visitor: Visitor) -> None:
    settled(visitor)
    assert visitor.post("/members/invitations", {"emails": BOB.email, "role": "member"}).status_code == 422
    visitor.post(f"{BASE}/confirm", {"code": code()})
    assert visitor.post("/members/invitations", {"emails": BOB.email, "role": "member"}).status_code == 200


def test_mail_comes_again(visitor: Visitor) -> None:
    settled(visitor)
    first = code()
    assert visitor.post("/confirmation").status_code == 303
    assert code() != first
    assert visitor.post(f"{BASE}/confirm", {"code": first}).status_code == 422


def test_slip_in_the_address_is_mended(visitor: Visitor) -> None:
    settled(visitor, email="ann.berg@nordwnd.example")
    assert visitor.post("/confirmation/address", {"email": ANN.email}).status_code == 303
    assert control_mails()[-1].to == ANN.email
    visitor.post(f"{BASE}/confirm", {"code": code()})
    assert ANN.email in visitor.get("/members").text


def test_new_address_counts_when_it_answers(app: Flask, ann: Visitor) -> None:
    new = "ann@nordwind.example"
    assert ann.post("/profile/email", {"email": new, "email_password": PASSWORD}).status_code == 303
    assert ANN.email in ann.get("/members").text
    assert ann.post(f"{BASE}/confirm-change", {"code": code("change_email")}).status_code == 303
    assert new in ann.get("/members").text
    assert Visitor(app).post("/sign-in", {"email": new, "password": PASSWORD}).status_code == 303
    assert [mail.to for mail in control_mails()] == [new, ANN.email]


def test_new_address_asks_for_the_password(ann: Visitor) -> None:
    answer = ann.post("/profile/email", {"email": "ann@nordwind.example", "email_password": "wrong"})
    assert answer.status_code == 422
    assert control_mails() == []


def test_address_of_another_person_cannot_be_taken(ann: Visitor, nordwind: Workspace) -> None:
    ann.post("/profile/email", {"email": BOB.email, "email_password": PASSWORD})
    assert ann.post(f"{BASE}/confirm-change", {"code": code("change_email")}).status_code == 422


def test_old_mailbox_proves_no_new_address(app: Flask, visitor: Visitor) -> None:
    settled(visitor, email="stranger@elsewhere.example")
    Visitor(app).post("/forgot", {"email": "stranger@elsewhere.example"})
    assert visitor.post("/confirmation/address", {"email": ANN.email}).status_code == 303
    answer = Visitor(app).post("/reset", {"code": code("reset"), "password": "three other words"})
    assert answer.status_code == 422
    assert BAR in visitor.get("/settings").text


def test_replaced_mailbox_resets_no_password(app: Flask, ann: Visitor) -> None:
    Visitor(app).post("/forgot", {"email": ANN.email})
    ann.post("/profile/email", {"email": "ann@nordwind.example", "email_password": PASSWORD})
    ann.post(f"{BASE}/confirm-change", {"code": code("change_email")})
    answer = Visitor(app).post("/reset", {"code": code("reset"), "password": "three other words"})
    assert answer.status_code == 422


def test_link_to_a_new_address_gives_none_away(app: Flask, ann: Visitor) -> None:
    new = "carol@meyer-maschinenbau.example"
    ann.post("/profile/email", {"email": new, "email_password": PASSWORD})
    carol = Visitor(app)
    assert 'name="password"' in carol.get(f"/confirm-change?code={code('change_email')}").text
    assert carol.post("/confirm-change", {"code": code("change_email")}).status_code == 422
    assert ANN.email in ann.get("/members").text
    known = {"code": code("change_email"), "password": PASSWORD}
    assert carol.post("/confirm-change", known).status_code == 303
    assert new in ann.get("/members").text


def test_no_mailbox_is_flooded_by_corrections(visitor: Visitor) -> None:
    settled(visitor, email="stranger@elsewhere.example")
    statuses = []
    for number in range(8):
        visitor.post("/confirmation/address", {"email": f"stranger{number}@elsewhere.example"})
        statuses.append(visitor.post("/confirmation/address", {"email": ANN.email}).status_code)
    assert statuses == [303] * 6 + [429] * 2
