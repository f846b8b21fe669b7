"""The list of browsers one is signed in with."""

from flask import Flask

from app.ui.devices import device
from tests.cast import ANN, Workspace
from tests.visitor import BASE, Visitor, signed_in


def test_every_browser_is_listed(app: Flask, ann: Visitor, nordwind: Workspace) -> None:
    signed_in(app, nordwind, ANN)
    page = ann.get("/sessions").text
    assert page.count("Firefox") == 2
    assert page.count("203.0.113.7") == 2


def test_one_browser_is_signed_out(app: Flask, ann: Visitor, nordwind: Workspace) -> None:
    other = signed_in(app, nordwind, ANN)
    last = ann.get("/sessions").text.split('action="/sessions/')[2].split('"')[0]
    assert ann.post(f"/sessions/{last}").status_code == 303
    assert other.get("/settings").status_code == 302
    assert other.get(f"{BASE}/workspaces").status_code == 303
    assert ann.get("/settings").status_code == 200


def test_all_others_are_signed_out(app: Flask, ann: Visitor, nordwind: Workspace) -> None:
    others = [signed_in(app, nordwind, ANN) for _ in range(3)]
    assert ann.post("/sessions/end").status_code == 303
    assert [other.get("/settings").status_code for other in others] == [302] * 3
    assert ann.get("/settings").status_code == 200


def test_nobody_ends_the_sessions_of_others(ann: Visitor, bob: Visitor) -> None:
    anns = ann.get("/sessions").text.split('action="/sessions/')[1].split("/")[0]
    bob.post(f"/sessions/{anns}/end")
    assert ann.get("/settings").status_code == 200


def test_devices_have_names() -> None:
    phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile Safari/604.1"
    edge = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/141.0 Safari/537.36 Edg/141.0"
    assert [device(phone), device(edge), device("curl/8")] == [
        "Safari on iPhone",
        "Edge on Windows",
        "Another program",
    ]
