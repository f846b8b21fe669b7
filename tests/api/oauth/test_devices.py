"""Devices without a browser (RFC 8628)."""

import html
import re
from datetime import timedelta

from flask import Flask

from app.core import clock
from tests.api.oauth.flows import Registered
from tests.api.oauth.test_consent import rights
from tests.cast import Workspace
from tests.visitor import BASE, Visitor

GRANT = "urn:ietf:params:oauth:grant-type:device_code"


def begin(native: Registered) -> dict[str, str]:
    answer = native.post("/oauth/device", {"scope": "contacts:read"})
    assert answer.status_code == 200, answer.text
    told: dict[str, str] = answer.json or {}
    return told


def poll(native: Registered, device: dict[str, str]) -> dict[str, str]:
    told: dict[str, str] = native.token(grant_type=GRANT, device_code=device["device_code"]).json or {}
    return told


def allow(visitor: Visitor, user_code: str, decision: str = "allow") -> str:
    page = visitor.post("/oauth/device/code", {"user_code": user_code.lower().replace("-", " ")})
    assert page.status_code == 200, page.text
    assert "Ledger" in page.text
    hidden = dict(
        re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', html.unescape(page.text))
    )
    return visitor.post("/oauth/device/decision", hidden | {"decision": decision}).text


def test_device_gets_its_tokens_once(
    app: Flask, native: Registered, nordwind: Workspace, ann: Visitor
) -> None:
    device = begin(native)
    assert device["verification_uri"] == f"{BASE}/oauth/device"
    assert poll(native, device)["error"] == "authorization_pending"
    assert "connected" in allow(ann, device["user_code"])
    given = poll(native, device)
    assert rights(app, nordwind, given["access_token"]) == {"contacts:read"}
    assert native.refresh(given["refresh_token"]).status_code == 200
    assert poll(native, device)["error"] == "invalid_grant"


def test_hasty_device_is_slowed_down(native: Registered, ann: Visitor) -> None:
    device, at = begin(native), clock.now()
    with clock.frozen(at):
        assert [poll(native, device)["error"] for _ in range(2)] == ["authorization_pending", "slow_down"]
    with clock.frozen(at + timedelta(seconds=6)):
        assert poll(native, device)["error"] == "authorization_pending"


def test_refused_device_stays_outside(native: Registered, ann: Visitor) -> None:
    device = begin(native)
    assert "stays outside" in allow(ann, device["user_code"], "refuse")
    assert poll(native, device)["error"] == "access_denied"


def test_device_waits_ten_minutes(native: Registered) -> None:
    device = begin(native)
    with clock.frozen(clock.now() + timedelta(minutes=10, seconds=1)):
        assert poll(native, device)["error"] == "expired_token"


def test_guessing_codes_ends(native: Registered, ann: Visitor) -> None:
    told = [ann.post("/oauth/device/code", {"user_code": "BCDF-GHJK"}).status_code for _ in range(12)]
    assert told == [422] * 10 + [429] * 2


def test_other_apps_do_not_poll(app: Flask, native: Registered, web: Registered, ann: Visitor) -> None:
    device = begin(native)
    assert web.token(grant_type=GRANT, device_code=device["device_code"]).status_code == 400
    assert web.post("/oauth/device", {}).status_code == 400


def test_code_in_the_address_is_not_taken_without_the_person(native: Registered, ann: Visitor) -> None:
    device = begin(native)
    page = ann.get(device["verification_uri_complete"])
    assert device["user_code"] in page.text
    assert poll(native, device)["error"] == "authorization_pending"
