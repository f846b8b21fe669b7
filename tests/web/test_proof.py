"""Nothing changes without proof that a page of ours asked, whatever the route."""

from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.routing import Rule

from app.ui import marks
from app.ui.marks import SAFE
from tests.cast import Workspace
from tests.visitor import BASE, Visitor

MEMBER = "5a7d0000-0000-7000-8000-000000000000"


def changing(app: Flask) -> Iterator[tuple[str, str, Rule]]:
    """Method, path and rule of every route that changes something and reads a cookie."""
    for rule in app.url_map.iter_rules():
        if marks.has(app, rule.endpoint, "unproven"):
            continue
        for method in sorted((rule.methods or set()) - SAFE):
            values = {name: _value(rule, name) for name in rule.arguments if name != "slug"}
            built = app.url_map.bind("localhost:8000", subdomain="nordwind")
            yield (
                method,
                built.build(rule.endpoint, values | _slug(rule), method=method).split("localhost:8000")[-1],
                rule,
            )


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://kestrel.localhost:8000"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Referer": "http://localhost:8000.evil.example/"},
    ],
)
def test_other_origins_change_nothing(app: Flask, ann: Visitor, headers: dict[str, str]) -> None:
    for method, path, rule in changing(app):
        host = host_of(rule, ann)
        data = {"csrf_token": ann.token(host)}
        answer = ann._open(method, f"{host}{path}", data=data, headers=headers)
        assert answer.status_code == 403, (method, path)


@pytest.mark.parametrize("token", ["", "x", "a.b", "é.ü", "a." + "0" * 64])
def test_nothing_changes_without_a_token(app: Flask, ann: Visitor, token: str) -> None:
    for method, path, rule in changing(app):
        host = host_of(rule, ann)
        answer = ann._open(method, f"{host}{path}", data={"csrf_token": token}, headers={"Origin": host})
        assert answer.status_code == 403, (method, path)


def host_of(rule: Rule, member: Visitor) -> str:
    """Where a route lives: the base host, a workspace or its portal."""
    if rule.endpoint.startswith("portal."):
        return member.host.replace(".localhost", "-portal.localhost")
    return member.host if rule.subdomain else BASE


def test_token_is_of_one_browser_and_host(app: Flask, ann: Visitor, bob: Visitor) -> None:
    for token in (bob.token(), ann.token(BASE), Visitor(app).token(BASE)):
        answer = ann._open("POST", "/sign-out", data={"csrf_token": token}, headers={"Origin": ann.host})
        assert answer.status_code == 403
    assert ann.get("/settings").status_code == 200


def test_clients_that_say_no_origin_need_the_token_only(ann: Visitor) -> None:
    answer = ann._open("POST", "/preferences", data={"csrf_token": ann.token(), "theme": "dark"})
    assert answer.status_code == 200


def test_workspace_is_closed_to_strangers(app: Flask, visitor: Visitor, nordwind: Workspace) -> None:
    visitor.host = f"http://{nordwind.tenant.slug}.localhost:8000"
    for rule in app.url_map.iter_rules():
        if not rule.endpoint.startswith("workspace.") or marks.has(app, rule.endpoint, "public"):
            continue
        for method in sorted((rule.methods or set()) & {"GET", "POST", "PATCH", "DELETE", "PUT"}):
            path = _path(app, rule, method)
            answer = visitor.get(path) if method == "GET" else visitor.post(path)
            if method == "GET":
                assert answer.status_code == 302, path
                assert answer.headers["Location"].startswith(f"{BASE}/sign-in"), path
            else:
                assert answer.status_code in {401, 405}, path


def test_open_pages_of_the_workspace_are_these(app: Flask) -> None:
    named = {name for name in app.view_functions if marks.has(app, name, "public")}
    assert {name for name in named if name.startswith("workspace.")} == {
        "workspace.begin_support_visit",
        "workspace.enter",
        "workspace.fetch_support_code",
        "workspace.welcome",
        "workspace.switch_member",
        "workspace.signed_out",
    }


def test_only_programs_need_no_proof(app: Flask) -> None:
    """What they call reads no cookie; all else that changes something is asked from a page of ours."""
    named = {name for name in app.view_functions if marks.has(app, name, "unproven")}
    assert {name for name in named if not name.startswith(("api.", "oauth."))} <= {
        "base.take_mail",
        "portal.leave",
    }
    assert not {"oauth.authorize", "oauth.decide", "oauth.find_device", "oauth.decide_device"} & named


def _path(app: Flask, rule: Rule, method: str) -> str:
    values = {name: _value(rule, name) for name in rule.arguments if name != "slug"}
    adapter = app.url_map.bind("localhost:8000", subdomain="nordwind")
    return adapter.build(rule.endpoint, values | _slug(rule), method=method).split("localhost:8000")[-1]


def _slug(rule: Rule) -> dict[str, str]:
    return {"slug": "nordwind"} if "slug" in rule.arguments else {}


def _value(rule: Rule, name: str) -> object:
    kind = type(rule._converters[name]).__name__
    if kind == "UUIDConverter":
        return MEMBER
    if kind == "AnyConverter":
        return sorted(rule._converters[name].items)[0]  # type: ignore[attr-defined]
    if kind == "ObjectConverter":
        return "contacts"
    return 1 if kind == "IntegerConverter" else "x"
