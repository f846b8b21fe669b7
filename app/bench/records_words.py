"""People and companies made up for figures: as uneven as they are in life, the same with every run."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

FIRST = (
    "Anna Ben Carla David Elif Felix Greta Hannes Ines Jörg Jürgen Käthe Lars Mia Noah Olga Paul Quirin "
    "Rosa Sören Tülay Uwe Vera Wolfgang Xaver Yara Zoë Ali Birgit Chloé Dörte Emma Finn Günther Heidi Igor "
    "Jana Karl Lena Matthias Nils Otto Petra Ralf Sabine Thomas Ulrike Viktor Wiebke Michael Maria Andreas "
    "Stefan Christian Julia Susanne Monika Peter Claudia James Mary Robert Linda William Susan Siobhán José"
).split()
LAST = (
    "Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer Richter "
    "Klein Wolf Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann Lange Schmitt Werner "
    "Krause Meier Lehmann Köhler Walter König Mayer Kaiser Fuchs Peters Möller Weiß Hahn Vogel Jäger Smith"
).split()
_BEGIN = (
    "Ober Unter Stein Rosen Wald Feld Berg Linden Eich Hohen Nieder Alten Neu Sommer Winter Silber Gold Kalt "
    "Schön Grün Mühl Bach Lang Kurz Breit Eben Hell Dunkel Fried Sieg"
).split()
_END = (
    "bauer mann berger müller hofer meier thaler heim feld burg stein brück kamp horst graf wirth sohn mayr "
    "dörfer städter loh reuter egger lechner"
).split()
_CITIES = (
    "Berlin Hamburg München Köln Frankfurt Stuttgart Düsseldorf Leipzig Dortmund Essen Bremen Dresden "
    "Hannover Nürnberg Duisburg Bochum Wuppertal Bielefeld Bonn Münster Mannheim Karlsruhe Augsburg "
    "Wiesbaden Aachen Kiel Lübeck Erfurt Mainz Rostock Kassel Potsdam Ulm Wien Zürich London Paris Łódź"
).split()
_PLACES = ("hausen", "dorf", "bach", "burg", "stadt", "felde", "kirchen", "münde", "au", "hof")
_TRADES = (
    "Maschinenbau Logistik Software Bäckerei Elektro Pumpen Metallbau Druckerei Apotheke Gartenbau Medien "
    "Optik Brauerei Handel Consulting Systems Chemie Textil Möbel Sanitär"
).split()
_FORMS = ("GmbH", "AG", "KG", "GmbH & Co. KG", "e. K.", "Ltd", "Inc.")
_TITLES = ("Buyer", "Head of sales", "Geschäftsführerin", "Engineer", "Accountant", "Werkstattleiter", "")
_COUNTRIES = ("DE", "DE", "DE", "DE", "DE", "DE", "AT", "CH", "GB", "US")
_STAGES = ("customer", "customer", "customer", "lead", "lead", "former", "partner", "other")
SEGMENTS = ("small", "middle", "large", "public")
_TODAY = datetime(2026, 11, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Firm:
    """A company."""

    name: str
    number: str
    domain: str
    street: str
    postcode: str
    city: str
    country: str
    lifecycle: str
    industry: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Person:
    """A contact: `firm` is the place of its company among all, None where it has none."""

    first: str
    last: str
    title: str
    email: str | None
    phone: str | None
    firm: int | None
    street: str
    postcode: str
    city: str | None
    country: str
    lifecycle: str
    birthday: date | None
    created_at: datetime
    updated_at: datetime
    custom: dict[str, str | int]


def firms(number: int) -> Iterator[Firm]:
    """So many companies."""
    dice = random.Random(11)  # noqa: S311 - made-up data, no secret
    for place in range(number):
        name = _last(dice)
        trade = dice.choice(_TRADES)
        yield Firm(
            f"{name} {trade} {dice.choice(_FORMS)}",
            f"K{place + 10_000}",
            f"{_plain(name)}-{_plain(trade)}-{place}.example",
            *_address(dice),
            dice.choice(_COUNTRIES),
            dice.choice(_STAGES),
            trade,
            _TODAY - timedelta(minutes=dice.randrange(3_000_000)),
        )


def people(number: int, companies: int) -> Iterator[Person]:
    """So many contacts of so many companies: a few of these have thousands, most have one or two."""
    dice = random.Random(12)  # noqa: S311 - made-up data, no secret
    for place in range(number):
        first, last = dice.choice(FIRST), _last(dice)
        has_firm = dice.random() < 0.85
        street, postcode, city = _address(dice)
        changed = dice.randrange(3_000_000)
        yield Person(
            first,
            last,
            dice.choice(_TITLES),
            _address_of(first, last, place) if dice.random() < 0.93 else None,
            f"+49{dice.randrange(30, 999)}{place:07}" if dice.random() < 0.8 else None,
            int(companies * dice.random() ** 3) if has_firm and companies else None,
            street,
            postcode,
            city if dice.random() < 0.97 else None,
            dice.choice(_COUNTRIES),
            dice.choice(_STAGES),
            date(1940, 1, 1) + timedelta(days=dice.randrange(24_000)) if dice.random() < 0.5 else None,
            _TODAY - timedelta(minutes=changed + dice.randrange(500_000)),
            _TODAY - timedelta(minutes=changed),
            {
                "x_score": int(dice.random() ** 2 * 1000),
                "x_segment": dice.choice(SEGMENTS),
                "x_badge": f"B-{place * 7919 % 9_999_991:07}",
                **({"x_renewal": f"{date(2027, 1, 1) + timedelta(days=dice.randrange(900))}"}
                   if dice.random() < 0.4 else {}),
            },
        )  # fmt: skip


def _address_of(first: str, last: str, place: int) -> str:
    return f"{_plain(first)}.{_plain(last)}.{place}@mail{place % 97}.example"


def _last(dice: random.Random) -> str:
    """A third has one of the frequent names."""
    if dice.random() < 0.34:
        return LAST[int(len(LAST) * dice.random() ** 1.6)]
    return dice.choice(_BEGIN) + dice.choice(_END) + ("" if dice.random() < 0.8 else f"-{dice.choice(LAST)}")


def _address(dice: random.Random) -> tuple[str, str, str]:
    if dice.random() < 0.6:
        city = _CITIES[int(len(_CITIES) * dice.random() ** 2)]
    else:
        city = dice.choice(_BEGIN) + dice.choice(_END)[:4].rstrip("ü") + dice.choice(_PLACES)
    return f"{dice.choice(_BEGIN)}straße {dice.randrange(1, 200)}", f"{dice.randrange(1000, 99_999):05}", city


def _plain(word: str) -> str:
    return "".join(
        letter for letter in word.lower().translate(_WRITTEN) if letter.isascii() and letter.isalnum()
    )


_WRITTEN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "é": "e", "á": "a", "ë": "e"})
