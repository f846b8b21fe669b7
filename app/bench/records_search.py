"""Search as one types: letter by letter, names, addresses, phones and numbers, with slips and umlauts."""

import random
from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select, true

from app.bench.foundation import Figure
from app.bench.records_ground import Office
from app.bench.records_times import Times
from app.core.actor import Actor
from app.records import finding, reaches, registry
from tenants.session import session, unit_of_work

PEOPLE = 60
_BAR, _TYPO_BAR = 50, 90
_SHORT, _UMLAUTS = 3, str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})


def figures(office: Office, whose: str = "", people: int = PEOPLE) -> Iterator[Figure]:
    """Times of every stroke of what people look for, and of words with a slip in them; and what is found."""
    typed, slips = Times(office.server), Times(office.server)
    dice = random.Random(14)  # noqa: S311 - a mix, no secret
    with office.at_work():
        wanted = _people(office.member, people)
        for person in wanted[:20]:
            _find(office, person.name)
        for person in wanted:
            for text in _strokes(person, dice):
                typed.take(text, lambda text=text: _find(office, text))  # type: ignore[misc]
        asked = [(person, _slipped(person, dice)) for person in wanted if len(person.last_name) > _SHORT]
        for _, text in asked:
            slips.take(text, lambda text=text: _find(office, text))  # type: ignore[misc]
        found = sum(person.name in _find(office, text) for person, text in asked)
        named = sum(person.name in _find(office, _mail_or_name(person)) for person in wanted)
    yield from typed.figures(f"{whose}search as one types", _BAR)
    yield from slips.figures(f"{whose}search with a slip", _TYPO_BAR)
    yield Figure(f"{whose}found by the whole address", named / len(wanted) * 100, "%", 99, at_least=True)
    yield Figure(f"{whose}found in spite of the slip", found / len(asked) * 100, "%")


def _find(office: Office, text: str) -> list[str]:
    with unit_of_work(read_only=True):
        return [hit.title for hit in finding.find(office.member, text)]


def _people(actor: Actor, number: int) -> list[Any]:
    described = registry.get("contacts")
    table = described.table
    with unit_of_work(read_only=True):
        columns = (table.c.name, table.c.last_name, table.c.first_name, table.c.email, table.c.phone)
        theirs = reaches.of(actor, described).rows()
        people = select(*columns).where(true() if theirs is None else theirs)
        return list(session.execute(people.order_by(func.random()).limit(number)))


def _strokes(person: Any, dice: random.Random) -> Iterator[str]:
    """What stands in the field after some of the strokes."""
    for whole in (person.last_name, person.name, person.name.lower().translate(_UMLAUTS)):
        for _ in range(2):
            yield whole[: dice.randrange(1, len(whole) + 1)]
    yield f"{person.last_name} {person.first_name}"
    if person.email:
        yield person.email[: dice.randrange(3, len(person.email))]
    if person.phone:
        yield f"0{person.phone[3:6]} / {person.phone[6:]}"


def _mail_or_name(person: Any) -> str:
    return str(person.email or person.name)


def _slipped(person: Any, dice: random.Random) -> str:
    """The whole name with one letter of the last one left out, doubled, swapped or wrong."""
    word = person.last_name
    place = dice.randrange(1, len(word) - 1)
    slips = (
        word[:place] + word[place + 1 :],
        word[:place] + word[place] + word[place:],
        word[:place] + word[place + 1] + word[place] + word[place + 2 :],
        word[:place] + "x" + word[place + 1 :],
    )
    return f"{person.first_name} {dice.choice(slips)}"
