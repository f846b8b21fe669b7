"""What is worked out of grants is found again by whoever holds the same, and does not pile up."""

import orjson
import pytest

from app.core import grants
from app.core.grants import ANY, VERBS, Grants, Level, Verb
from app.core.ids import new_id
from app.domain.members import rights

OWN: dict[Verb, Level] = dict.fromkeys(VERBS, "own")
ROLE = orjson.dumps([{"objects": {ANY: OWN}, "fields": {}, "permissions": []}]).decode()


def test_mates_make_grants_once() -> None:
    mates = [new_id(), new_id()]
    first, again = (rights.held("custom", ROLE, each).grants for each in (mates, mates[::-1]))
    assert first is again
    assert first is not None
    assert first.mates == frozenset(mates)
    assert rights.held("custom", ROLE, [new_id()]).grants is not first


def test_equal_grants_have_equal_contents() -> None:
    hidden = {"contacts": frozenset({"phone"})}
    one, other = (Grants({ANY: dict(OWN)}, hidden=dict(hidden)) for _ in range(2))
    assert one.content == other.content
    assert hash(one.content) == hash(other.content)
    assert one.content != Grants({ANY: OWN}).content
    assert one.content != Grants({ANY: OWN}, hidden=hidden, mates=frozenset({new_id()})).content


def test_what_is_kept_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grants, "KEPT", 3)
    held = Grants({ANY: OWN})
    made = [held.kept(number % 2, lambda number=number: number) for number in range(4)]  # type: ignore[misc]
    assert made == [0, 1, 0, 1]
    for number in range(20):
        held.kept(("more", number), object)
    assert len(held.known) <= 3
