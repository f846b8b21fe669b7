"""How alike two records are, in points from 0 to 100 that are explained one by one. Nothing is guessed.

Points add up: a name alone makes nobody the same, nor does a telephone that a whole office shares. What
speaks against is told too. Nicknames are other names: Bill is not William here.
"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal
from uuid import UUID

from rapidfuzz.distance import JaroWinkler
from rapidfuzz.fuzz import token_sort_ratio

from app.domain.duplicates.names import folded, form_and_rest

Code = Literal[
    "same_name", "name_alike", "other_name", "same_email", "same_phone", "same_domain", "same_id",
    "same_street", "other_street", "same_city", "other_city", "other_country", "same_postcode",
    "same_birthday", "birthday_alike", "other_birthday", "same_company", "other_form", "parent",
]  # fmt: skip

# What is listed as a possible duplicate, and what a form may mention while somebody types.
LISTED = 60
MENTIONED = 50
MOST = 100


@dataclass(frozen=True)
class Reason:
    """One thing that speaks for two records being the same, or against it where its points are negative.

    `percent` is how alike the two values are, 100 where they are equal.
    """

    code: Code
    points: int
    percent: int = 100


@dataclass(frozen=True)
class Likeness:
    """How alike two records are: 0 to 100, and why, what weighs most first."""

    score: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Evidence:
    """What is known of one record. A person has a `family` name, an organisation a `name` alone.

    Identifiers are normalised; `company` is where a person works, `parent` what an organisation belongs to.
    """

    id: UUID | None = None
    name: str = ""
    given: str = ""
    family: str = ""
    emails: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()
    externals: frozenset[str] = frozenset()
    street: str = ""
    postcode: str = ""
    city: str = ""
    country: str = ""
    birthday: date | None = None
    company: UUID | None = None
    parent: UUID | None = None

    @cached_property
    def is_person(self) -> bool:
        """Whether first and last name are told apart."""
        return bool(self.family or self.given)

    @cached_property
    def parts(self) -> tuple[str, str]:
        """First and last name, folded."""
        return folded(self.given), folded(self.family)

    @cached_property
    def form_and_rest(self) -> tuple[frozenset[str], str]:
        """Legal forms, and the name without them."""
        return form_and_rest(self.name)

    @cached_property
    def place(self) -> tuple[str, str, str]:
        """Street, postcode and city, folded."""
        return folded(self.street), folded(self.postcode).replace(" ", ""), folded(self.city)

    @cached_property
    def house(self) -> str:
        """The figures of the street's number."""
        return _digits(self.place[0])


def compare(one: Evidence, other: Evidence) -> Likeness:
    """How alike the two are; the same whichever comes first."""
    is_person = one.is_person or other.is_person
    reasons = [
        *(_persons(one, other) if is_person else _organisations(one, other)),
        *_identifiers(one, other, is_person=is_person),
        *_places(one, other),
    ]
    score = max(0, min(MOST, sum(reason.points for reason in reasons)))
    return Likeness(score, tuple(sorted(reasons, key=lambda reason: (-reason.points, reason.code))))


def _persons(one: Evidence, other: Evidence) -> list[Reason]:
    reasons = []
    alike = _names(one.parts, other.parts)
    if alike is not None:
        # Who marries keeps the first name and the birthday; twins keep the other two.
        against = -10 if one.birthday and _married(one, other) else -25
        reasons.append(_named(alike, ((0.99, 50), (0.92, 44), (0.86, 36), (0.82, 24)), against))
    elif one.parts[1] and one.parts[1] == other.parts[1]:
        reasons.append(Reason("name_alike", 15, 50))  # a first name is missing
    if one.birthday and other.birthday:
        reasons.append(_birthdays(one.birthday, other.birthday))
    if one.company and one.company == other.company:
        reasons.append(Reason("same_company", 15))
    return reasons


def _married(one: Evidence, other: Evidence) -> bool:
    return one.birthday == other.birthday and _alike(one.parts[0], other.parts[0]) >= 0.93


def _names(one: tuple[str, str], other: tuple[str, str]) -> float | None:
    """How alike first and last names are, in either order; None where a part is missing.

    Members of a family share one part: where the other part is another name, so is the whole.
    """
    if not all((*one, *other)):
        return None
    straight, swapped = _pair(one, other), _pair(one, (other[1], other[0]))
    return max(straight, swapped - 0.02)


def _pair(one: tuple[str, str], other: tuple[str, str]) -> float:
    given, family = _alike(one[0], other[0]), _alike(one[1], other[1])
    mean = (given + family) / 2
    return mean if min(given, family) >= 0.78 else min(mean, 0.6)


def _alike(one: str, other: str) -> float:
    if one == other:
        return 1.0
    found = max(JaroWinkler.normalized_similarity(one, other), token_sort_ratio(one, other) / 100)
    # Of short names nearly every one is like another: Jan and Jana are two people.
    return found if min(len(one), len(other)) > 4 else found * 0.93


def _named(alike: float, steps: tuple[tuple[float, int], ...], against: int) -> Reason:
    percent = min(99, int(alike * 100)) if alike < 0.995 else 100
    for least, points in steps:
        if alike >= least:
            return Reason("same_name" if percent == 100 else "name_alike", points, percent)
    return Reason("other_name", against, percent)


def _birthdays(one: date, other: date) -> Reason:
    if one == other:
        return Reason("same_birthday", 30)
    if (one.day, one.month, one.year) == (other.month, other.day, other.year):
        return Reason("birthday_alike", 15)
    slips = sum(a != b for a, b in zip(one.isoformat(), other.isoformat(), strict=True))
    return Reason("birthday_alike", 10) if slips == 1 else Reason("other_birthday", -25)


def _organisations(one: Evidence, other: Evidence) -> list[Reason]:
    reasons = []
    (forms, name), (other_forms, other_name) = one.form_and_rest, other.form_and_rest
    if name and other_name:
        steps = ((0.99, 60), (0.94, 46), (0.88, 34), (0.82, 15))
        reasons.append(_named(_company_names(name, other_name), steps, against=-20))
    if forms and other_forms and forms != other_forms:
        reasons.append(Reason("other_form", -12))
    if one.id and other.id and (one.id == other.parent or other.id == one.parent):
        reasons.append(Reason("parent", -60))
    return reasons


def _company_names(one: str, other: str) -> float:
    if one.replace(" ", "") == other.replace(" ", ""):
        return 1.0
    alike = max(JaroWinkler.normalized_similarity(one, other), token_sort_ratio(one, other) / 100)
    # A number tells branches and funds apart: Fonds 3 is not Fonds 4.
    return alike if _digits(one) == _digits(other) else min(alike, 0.8)


def _digits(name: str) -> str:
    return "".join(filter(str.isdigit, name))


def _identifiers(one: Evidence, other: Evidence, *, is_person: bool) -> list[Reason]:
    reasons = []
    if one.emails & other.emails:
        reasons.append(Reason("same_email", 60 if is_person else 35))
    if one.phones & other.phones:
        reasons.append(Reason("same_phone", 35 if is_person else 25))
    if one.domains & other.domains and not is_person:
        reasons.append(Reason("same_domain", 35))
    if one.externals & other.externals:
        reasons.append(Reason("same_id", 60))
    return reasons


def _places(one: Evidence, other: Evidence) -> list[Reason]:
    street, postcode, city = (_both(a, b) for a, b in zip(one.place, other.place, strict=True))
    if one.house != other.house:
        street = min(street, 0.7)  # another house
    reasons = []
    near = postcode >= 1.0 or city >= 0.9
    if near and street >= 0.88:
        reasons.append(Reason("same_street", 25, int(street * 100)))
    elif 0 <= street < 0.75:
        reasons.append(Reason("other_street", -10))
    if city >= 0.9:
        reasons.append(Reason("same_city", 18, int(city * 100)))
    elif postcode >= 1.0:
        reasons.append(Reason("same_postcode", 16))
    elif city >= 0 and city < 0.75:
        reasons.append(Reason("other_city", -12))
    if one.country and other.country and one.country != other.country:
        reasons.append(Reason("other_country", -12))
    return reasons


def _both(one: str, other: str) -> float:
    """How alike two texts are; -1 where one of them is missing."""
    return _alike_texts(one, other) if one and other else -1.0


def _alike_texts(one: str, other: str) -> float:
    return 1.0 if one == other else float(JaroWinkler.normalized_similarity(one, other))
