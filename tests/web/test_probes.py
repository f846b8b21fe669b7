"""Alive and ready."""

import pytest

from app.core import redis
from tests.visitor import Visitor


def test_lives(visitor: Visitor) -> None:
    assert visitor.get("/healthz").get_json() == {"status": "ok"}


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
