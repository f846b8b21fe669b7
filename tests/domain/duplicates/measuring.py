"""People typed in twice: a made sample, febrl's sets where they lie, and what a search finds of them."""

import csv
import os
import random
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.core.actor import Actor
from app.domain.duplicates import searching, walking
from app.domain.duplicates.pairs import ordered
from app.domain.jobs.slices import Budget
from app.records import writing
from app.records.joining.moving import POSSIBLE
from app.records.joining.pointers import links
from tenants.session import session

# A folder with dataset1.csv to dataset3.csv of febrl, "rec-12-org" and "rec-12-dup-0" being one person.
FEBRL = Path(os.environ.get("KITH_FEBRL_DIR", "/nowhere"))

FIRST = (
    "Anna Bernd Carola Dieter Eva Frank Gerda Hans Ines Jürgen Karin Lars Maria Norbert Olga Paul Renate"
).split()
LAST = (
    "Albrecht Böhm Clausen Dietrich Engelhardt Fischer Gärtner Hoffmann Iversen Jäger Kühn Lindemann Möller"
    " Neumann Ostermann Petersen Quandt Richter Schröder Thielemann Ullrich Vogel Wagner Zimmermann"
).split()
STREETS = "Hauptstr. Bahnhofstr. Gartenweg Lindenallee Schulstraße Ringstraße".split()
CITIES = ("20095 Hamburg", "50667 Köln", "80331 München", "01067 Dresden", "70173 Stuttgart")


@dataclass(frozen=True)
class Figures:
    """How many of the pairs found are right, and how many of the right ones are found: 0 to 1."""

    precision: float
    recall: float
    found: int
    true: int


def made(people: int, seed: int = 7) -> list[tuple[str, dict[str, Any]]]:
    """So many people, a third of them twice with slips as typists make them; each with the person's key."""
    dice = random.Random(seed)
    rows: list[tuple[str, dict[str, Any]]] = []
    for number in range(people):
        postcode, city = dice.choice(CITIES).split()
        person = {
            "first_name": dice.choice(FIRST),
            "last_name": dice.choice(LAST) + dice.choice(["", "mann", "berg", "sen", "hausen", "feld"]),
            "street": f"{dice.choice(STREETS)} {dice.randrange(1, 90)}",
            "postcode": postcode,
            "city": city,
            "phone": f"+49 40 {dice.randrange(10**6, 10**7)}" if dice.random() < 0.6 else None,
        }
        rows.append((str(number), person))
        if number % 3 == 0:
            rows.append((str(number), _again(person, dice)))
    return rows


def _again(person: dict[str, Any], dice: random.Random) -> dict[str, Any]:
    """The same person as somebody else types her in: a slip, and something is not known."""
    other = dict(person)
    name = dice.choice(["first_name", "last_name"])
    match dice.randrange(4):
        case 0:
            spelled = {"ü": "ue", "ö": "oe", "ä": "ae", "ß": "ss"}
            other = {k: "".join(spelled.get(c, c) for c in v) if v else v for k, v in other.items()}
        case 1:
            at = dice.randrange(1, len(other[name]) - 1)
            other[name] = other[name][:at] + other[name][at + 1 :]
        case 2:
            at = dice.randrange(1, max(2, len(other[name]) - 2))
            other[name] = other[name][:at] + other[name][at + 1] + other[name][at] + other[name][at + 2 :]
        case _:
            other["first_name"], other["last_name"] = other["last_name"], other["first_name"]
    other[dice.choice(["street", "phone", "postcode"])] = None
    return other


def febrl(name: str) -> list[tuple[str, dict[str, Any]]]:
    """The records of one of febrl's sets."""
    rows = []
    with (FEBRL / name).open(encoding="utf-8") as file:
        for line in csv.DictReader(file, skipinitialspace=True):
            person = line["rec_id"].split("-")[1]
            rows.append((person, {
                "first_name": line["given_name"],
                "last_name": line["surname"] or "?",
                "street": f"{line['street_number']} {line['address_1']}".strip(),
                "city": line["suburb"],
                "postcode": line["postcode"],
                "region": line["state"],
                "birthday": _day(line["date_of_birth"]),
            }))  # fmt: skip
    return rows


def _day(written: str) -> str | None:
    """The day as ISO 8601 writes it; what is no day is not known."""
    try:
        return datetime.strptime(written, "%Y%m%d").date().isoformat()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return None


def measured(actor: Actor, rows: list[tuple[str, dict[str, Any]]]) -> Figures:
    """Store the rows, search through them, and hold what is found against the truth."""
    people: dict[UUID, str] = {}
    for start in range(0, len(rows), 1000):
        part = rows[start : start + 1000]
        outcomes = writing.write_many(
            actor, "contacts", [writing.Row(_clean(v)) for _, v in part], quiet=True
        )
        for (person, _), outcome in zip(part, outcomes, strict=True):
            assert outcome.record_id is not None
            people[outcome.record_id] = person
    job = searching.ask(actor, "contacts")
    while walking.advance(actor, job, Budget()):
        session.refresh(job)
    by_person: dict[str, list[UUID]] = defaultdict(list)
    for record_id, person in people.items():
        by_person[person].append(record_id)
    true = {ordered(*pair) for ids in by_person.values() for pair in combinations(ids, 2)}
    stored = session.execute(select(links.c.from_id, links.c.to_id).where(links.c.kind == POSSIBLE))
    found = {(row[0], row[1]) for row in stored}
    right = len(found & true)
    return Figures(right / max(1, len(found)), right / max(1, len(true)), len(found), len(true))


def _clean(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value}
