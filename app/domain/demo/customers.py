"""The samples' customers: companies and their people."""

import random
from typing import Any

from app.domain.demo.vocabulary import COMPANIES, FIRST_NAMES, LAST_NAMES, STREETS, TITLES
from tenants.slugs import suggest

Values = dict[str, Any]
_DIAL = {"DE": "+49", "AT": "+43", "CH": "+41", "GB": "+44", "IE": "+353"}


def companies(chance: random.Random, owners: list[str]) -> list[Values]:
    """The companies, in the order of the vocabulary; the first owner looks after the first stories."""
    return [_company(chance, place, owners) for place in range(len(COMPANIES))]


def people(chance: random.Random, made: list[Values]) -> list[tuple[int, Values]]:
    """One to four people of each company, with the company's place in the list; the first can be called."""
    found = []
    taken: set[str] = set()
    for place, company in enumerate(made):
        for number in range(chance.choice((1, 2, 2, 2, 3, 3, 4))):
            found.append((place, _person(chance, company, number, taken)))
    return found


def _company(chance: random.Random, place: int, owners: list[str]) -> Values:
    name, city, country, industry = COMPANIES[place]
    domain = f"{suggest(name)}.example"
    since = chance.randint(2012, 2025)
    return {
        "name": name,
        "number": str(20001 + place),
        "domain": domain,
        "email": f"info@{domain}",
        "phone": _phone(chance, country),
        "industry": industry,
        "street": f"{chance.choice(STREETS[_language(country)])} {chance.randint(1, 90)}",
        "city": city,
        "country": country,
        "customer_since": f"{since}-{chance.randint(1, 12):02d}-01",
        "owner_id": owners[0] if place < 3 else owners[place % len(owners)],
    }


def _person(chance: random.Random, company: Values, number: int, taken: set[str]) -> Values:
    language = _language(company["country"])
    first, last = chance.choice(FIRST_NAMES[language]), chance.choice(LAST_NAMES[language])
    while f"{first}.{last}" in taken:
        first, last = chance.choice(FIRST_NAMES[language]), chance.choice(LAST_NAMES[language])
    taken.add(f"{first}.{last}")
    return {
        "first_name": first,
        "last_name": last,
        "title": TITLES[number % len(TITLES)],
        "email": f"{suggest(first)}.{suggest(last)}@{company['domain']}",
        "phone": _phone(chance, company["country"]) if number < 2 else None,
        "city": company["city"],
        "country": company["country"],
        "language": language,
        "mail_consent": chance.choice(("granted", "granted", "unknown", "refused")) if number else "granted",
        "call_consent": chance.choice(("granted", "unknown", "unknown")),
        "owner_id": company["owner_id"],
    }


def _language(country: str) -> str:
    return "en" if country in {"GB", "IE"} else "de"


# Numbers that regulators keep free for films and examples, so that nobody is ever rung up.
def _phone(chance: random.Random, country: str) -> str:
    if country == "GB":
        return f"+44 1632 960{chance.randint(0, 999):03d}"
    if country == "DE":
        return f"+49 30 23125 {chance.randint(0, 999):03d}"
    return f"{_DIAL[country]} 1 555{chance.randint(0, 9999):04d}"
