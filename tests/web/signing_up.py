"""A company signs up, as its form would."""

from typing import Any

from werkzeug.test import TestResponse

from app.core.ids import new_id
from tests.visitor import BASE, Visitor

PASSWORD = "wandern im harz"


def form(**changes: Any) -> dict[str, Any]:
    """What Nordwind's owner types."""
    typed = {
        "company": "Nordwind GmbH",
        "name": "Ann Berg",
        "email": "ann.berg@nordwind.example",
        "password": PASSWORD,
        "signup_id": str(new_id()),
        "time_zone": "Europe/Berlin",
        "currency": "EUR",
        "language": "de",
        "week_start": "1",
    }
    return typed | changes


def sign_up(visitor: Visitor, **changes: Any) -> TestResponse:
    """The answer to the form."""
    visitor.host = BASE
    return visitor.post("/sign-up", form(**changes))


def settled(visitor: Visitor, **changes: Any) -> TestResponse:
    """Sign up and stand in the workspace."""
    answer = sign_up(visitor, **changes)
    assert answer.status_code == 303, answer.text
    visitor.follow(answer)
    return visitor.get("/settings")
