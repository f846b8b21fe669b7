"""Records typed in a second time, as differently as people do, of which it is known whose twin each is."""

import random
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Values = dict[str, Any]
_WRITTEN = {"ü": "ue", "ö": "oe", "ä": "ae", "ß": "ss"}


def _slipped(word: str, dice: random.Random) -> str:
    """One letter behind the first left out, doubled, or changed places with the next."""
    place = dice.randrange(1, max(2, len(word) - 1))
    return dice.choice(
        (
            word[:place] + word[place + 1 :],
            word[:place] + word[place : place + 1] + word[place:],
            word[:place] + word[place + 1 : place + 2] + word[place : place + 1] + word[place + 2 :],
        )
    )


def _in_name(values: Values, dice: random.Random) -> Values:
    name = "name" if "name" in values else dice.choice(("first_name", "last_name"))
    return {**values, name: _slipped(values[name], dice), "phone": None}


def _swapped(values: Values, _dice: random.Random) -> Values:
    return {**values, "first_name": values["last_name"], "last_name": values["first_name"], "phone": None}


def _written_out(values: Values, _dice: random.Random) -> Values:
    spelled = {
        name: "".join(_WRITTEN.get(letter, letter) for letter in value)
        for name, value in values.items()
        if name.endswith("name") and value
    }
    return {**values, **spelled, "phone": None}


def _dialled(values: Values, _dice: random.Random) -> Values:
    """The telephone as it is written at home, and no place."""
    spelled = f"0{values['phone'][3:6]} / {values['phone'][6:]}"
    return {**_placeless(values), "phone": spelled, "country": "DE"}


def _moved(values: Values, _dice: random.Random) -> Values:
    return {**values, "street": "Neuer Weg 1", "postcode": "99998", "city": "Neustadt"}


def _other_form(values: Values, _dice: random.Random) -> Values:
    bare = values["name"]
    for form in (" GmbH & Co. KG", " GmbH", " AG", " KG", " e. K.", " Ltd", " Inc."):
        bare = bare.removesuffix(form)
    return {**values, "name": bare, "street": None, "phone": None, "domain": None}


def _same_domain(values: Values, dice: random.Random) -> Values:
    return {**_placeless(values), "name": _slipped(values["name"], dice), "domain": f"www.{values['domain']}"}


def _placeless(values: Values) -> Values:
    return {**values, "street": None, "postcode": None, "city": None}


KINDS: Mapping[str, Mapping[str, Callable[[Values, random.Random], Values]]] = {
    "contacts": {
        "slip in a name": _in_name,
        "names swapped": _swapped,
        "umlauts written out": _written_out,
        "phone spelled otherwise": _dialled,
        "moved, same phone": _moved,
    },
    "companies": {
        "slip in the name": lambda values, dice: {**_in_name(values, dice), "domain": None},
        "umlauts written out": lambda values, dice: {**_written_out(values, dice), "domain": None},
        "other legal form": _other_form,
        "same domain, slip": _same_domain,
        "moved, same domain": _moved,
    },
}


def twins(object_name: str, records: list[Values], seed: int = 5) -> Iterator[tuple[str, int, Values]]:
    """A twin of each of these, kind by kind in turns: its kind, whose it is by place, and its values."""
    dice = random.Random(seed)  # noqa: S311 - made-up data, no secret
    kinds = list(KINDS[object_name].items())
    for place, values in enumerate(records):
        kind, make = kinds[place % len(kinds)]
        yield kind, place, {name: value for name, value in make(values, dice).items() if value}
