"""Alive and ready."""

import pytest

from app.core import redis
from tests.visitor import Visitor


def test_lives(visitor: Visitor) -> None:
    assert visitor.get("/healthz").get_json() == {"status": "ok"}


def test_lives_whatever_the_host(visitor: Visitor) -> None:
    told = visitor.client.get("/healthz", headers={"Host": "10.40.64.7:8000"})
    assert (told.status_code, told.get_json()) == (200, {"status": "ok"})


def test_certificates_are_for_hosts_in_use(visitor: Visitor, nordwind: object) -> None:
    def answer(domain: str) -> int:
        return visitor.get(f"/certifiable?domain={domain}").status_code

    used = ["localhost", "files.localhost", "nordwind.localhost", "Nordwind-Portal.localhost"]
    unused = [
        "",
        "nobody.localhost",
        "nobody-portal.localhost",
        "a.nordwind.localhost",
        "evil.example",
        "www.localhost",
    ]
    assert [answer(domain) for domain in used] == [200] * len(used)
    assert [answer(domain) for domain in unused] == [404] * len(unused)


def test_ready_names_its_parts_and_guarantees(visitor: Visitor, nordwind: object) -> None:
    told = visitor.get("/readyz").get_json()
    assert (told["status"], told["database"], told["redis"]) == ("ok", True, True)
    assert all(told["guarantees"].values())


def test_pages_work_without_redis(visitor: Visitor, ann: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis, "answers", lambda: False)
    told = visitor.get("/readyz")
    assert (told.status_code, told.get_json()["redis"]) == (200, False)
    assert ann.get("/settings").status_code == 200
    assert ann.post("/members/invitations", {"emails": "x@y.example", "role": "member"}).status_code == 200
