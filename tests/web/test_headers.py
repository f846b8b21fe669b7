"""Every answer carries the headers that keep browsers honest."""

import re
from dataclasses import replace

import pytest
from flask import Flask

from app.config import Settings
from app.ui import cookies, headers
from app.ui.http import own_path
from tests.visitor import Visitor

PATHS = [
    "/",
    "/sign-up",
    "/sign-in",
    "/forgot",
    "/healthz",
    "/readyz",
    "/no-such-page",
    "/workspaces",
    "/sign-up/address?slug=x",
]
POLICY = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
)


@pytest.mark.parametrize("path", PATHS)
def test_answers_of_the_base_host(visitor: Visitor, path: str) -> None:
    _check(visitor.get(path).headers)


@pytest.mark.parametrize(
    "path", ["/", "/settings", "/members", "/contacts", "/no-such-page", "/welcome?code=x"]
)
def test_answers_of_a_workspace(ann: Visitor, path: str) -> None:
    _check(ann.get(path).headers)


def test_no_page_allows_inline_code(visitor: Visitor) -> None:
    assert "unsafe" not in visitor.get("/").headers["Content-Security-Policy"]


def test_https_brings_strict_cookies_and_transport(settings: Settings) -> None:
    secure = replace(settings, base_url="https://kith.example")
    assert cookies.name_of("session", secure) == "__Host-kith-session"
    assert cookies.name_of("session", settings) == "kith-session-8000"
    assert "max-age=63072000" in headers.HSTS
    assert "https://*.kith.example" in headers.content_policy(secure)


def test_cookies_are_for_one_host_and_no_script(visitor: Visitor) -> None:
    for cookie in visitor.get("/sign-in?lang=de").headers.getlist("Set-Cookie"):
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Domain" not in cookie


@pytest.mark.parametrize(
    "host",
    [
        "evil.example", "localhost", "localhost:9", "localhost:8000.", "acme.localhost:8000.evil.example",
        "a.b.localhost:8000", "", "[::1]:8000", "acme_x.localhost:8000", "127.0.0.1:8000",
    ],
)  # fmt: skip
def test_foreign_hosts_are_misdirected(app: Flask, ground_floor: None, host: str) -> None:
    answer = app.test_client().get("/", headers={"Host": host}, environ_overrides={"HTTP_HOST": host})
    assert answer.status_code == 421
    assert "Content-Security-Policy" in answer.headers


@pytest.mark.parametrize("slug", ["nobody", "www", "files", "nordwind-portal", "xn--80ak6aa92e", "-a"])
def test_workspaces_nobody_has_are_not_found(visitor: Visitor, slug: str) -> None:
    assert visitor.get(f"http://{slug}.localhost:8000/").status_code in {404, 421}


def test_case_of_the_host_does_not_matter(ann: Visitor) -> None:
    answer = ann.client.get(
        "/settings", base_url=ann.host, environ_overrides={"HTTP_HOST": "NordWind.LOCALHOST:8000"}
    )
    assert answer.status_code == 200


def test_header_of_the_client_names_no_tenant(ann: Visitor, kestrel: object) -> None:
    told = {
        "X-Forwarded-Host": "kestrel.localhost:8000",
        "X-Tenant": "kestrel",
        "Forwarded": "host=kestrel.localhost",
    }
    assert "Kestrel" not in ann.get("/settings", headers=told).text


def test_only_trusted_proxies_tell_the_address(app: Flask, ground_floor: None) -> None:
    stranger = Visitor(app, address="203.0.113.9")
    stranger.post(
        "/sign-in", {"email": "a@b.example", "password": "x"}, headers={"X-Forwarded-For": "127.0.0.1"}
    )
    proxied = Visitor(app, address="127.0.0.1")
    answer = proxied.get("/sign-in", headers={"X-Forwarded-For": "10.9.9.9, 203.0.113.50, 127.0.0.1"})
    assert answer.request.remote_addr == "127.0.0.1"
    assert answer.status_code == 200


def test_unexpected_failure_shows_only_its_number(
    app: Flask, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> str:
        raise RuntimeError("SELECT secret FROM t_abcdefghijklmnop")

    monkeypatch.setitem(app.view_functions, "base.forgot_password", broken)
    answer = visitor.get("/forgot")
    assert answer.status_code == 500
    assert "RuntimeError" not in answer.text
    assert "t_abcdefghijklmnop" not in answer.text
    assert answer.headers["X-Request-Id"] in answer.text


def test_programs_get_problems_as_json(ann: Visitor) -> None:
    answer = ann.get("/no-such-page", headers={"Accept": "application/json"})
    assert answer.mimetype == "application/problem+json"
    assert answer.get_json()["status"] == 404


@pytest.mark.parametrize("path", ["/settings", "/a?b=c&d=%2F%2Fe", "/contacts?filter[city]=Köln#x"])
def test_own_paths_pass(path: str) -> None:
    assert own_path(path) == path


def _check(told: object) -> None:
    found = dict(told)  # type: ignore[call-overload]
    assert all(part in found["Content-Security-Policy"] for part in POLICY)
    assert found["X-Content-Type-Options"] == "nosniff"
    assert found["Referrer-Policy"] == "same-origin"
    assert found["Cross-Origin-Opener-Policy"] == "same-origin"
    assert found["Cache-Control"] == "no-store"
    assert found["X-Request-Id"]


def test_time_of_databases_is_told_on_this_machine_only(
    visitor: Visitor, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert re.fullmatch(r'db;dur=\d+\.\d\d;desc="\d+ round trips"', visitor.get("/").headers["Server-Timing"])
    secure = replace(settings, base_url="https://kith.example")
    monkeypatch.setitem(visitor.app.extensions, "kith", secure)
    assert "Server-Timing" not in visitor.get("/").headers
