"""What two records have in common that may be one: keys, as SQL over a row, for the search through all.

Nobody is the same by the name alone, so each key of people has a place, a company or a birthday beside the
name. Where one slip spoils a key another one holds.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache

from app.domain.duplicates.names import JOINS, LEGAL_FORMS, SPELLINGS
from app.records.types import ObjectType


@lru_cache(maxsize=64)
def keys(described: ObjectType) -> Sequence[str]:
    """The keys of the object's records: SQL over a row `k` of their `parts`, NULL where one is missing.

    Keys of two kinds never say the same.
    """
    has = parts(described).keys()
    made = _of_people(has) if "first" in has else _of_others(has)
    return tuple(
        " || ' ' || ".join([f"'{nr}'", *(_known(each) for each in key)]) for nr, key in enumerate(made)
    )


@lru_cache(maxsize=64)
def parts(described: ObjectType) -> Mapping[str, str]:
    """What keys are made of, by name: SQL over a row `t` of the object, empty where it says nothing."""
    has = described.by_name.keys()
    if {"first_name", "last_name"} <= has:
        made = {"name": _plain("t.last_name"), "first": _plain("t.first_name")}
    else:
        made = {"name": _company(f"t.{described.title}")}
    made |= {name: _plain(f"t.{name}") for name in ("street", "postcode", "city") if name in has}
    if "birthday" in has:
        made["born"] = "coalesce(to_char(t.birthday, 'YYYYMMDD'), '')"
    if "company_id" in has:
        made["company"] = "coalesce(CAST(t.company_id AS text), '')"
    return made


def _of_people(has: Collection[str]) -> Iterator[tuple[str, ...]]:
    """Both names in either order, beginnings of one or the other, consonants: each with something else."""
    both = ("least(k.first, k.name)", "greatest(k.first, k.name)")
    initial = "left(k.first, 1)"
    yield from ((*both, f"k.{beside}") for beside in ("postcode", "city", "company") if beside in has)
    if "postcode" in has:
        yield "left(k.name, 3)", initial, "k.postcode"
        yield "left(k.first, 4)", "k.postcode"
    if "city" in has:
        yield "left(k.name, 4)", initial, "k.city"
        yield f"left({_skeleton('k.name')}, 8)", initial, "k.city"
    if "street" in has:
        yield *_house(), initial
    if "born" in has:
        yield "k.born", "left(k.name, 2)"
        yield "k.born", "left(k.first, 2)"


def _of_others(has: Collection[str]) -> Iterator[tuple[str, ...]]:
    """The name, its consonants, its beginning in a place; who is in the same house."""
    yield ("k.name",)
    yield (f"left({_skeleton('k.name')}, 12)",)
    if "postcode" in has:
        yield "left(k.name, 3)", "k.postcode"
    if "city" in has:
        yield "left(k.name, 4)", "k.city"
    if {"street", "postcode"} <= set(has):
        yield *_house(), "k.postcode"
    if "born" in has:
        yield "k.born", "left(k.name, 2)"


def _house() -> tuple[str, str]:
    """How the street begins, and the number, however the street is abbreviated."""
    return "left(k.street, 6)", "regexp_replace(k.street, '[^0-9]+', '', 'g')"


def _known(sql: str) -> str:
    return f"nullif({sql}, '')"


def _plain(column: str) -> str:
    """The text without accents, marks and spaces, umlauts either way."""
    sql = f"regexp_replace(ext.fold(coalesce({column}, '')), '[^0-9a-z]+', '', 'g')"
    for written, meant in SPELLINGS:
        sql = f"replace({sql}, '{written}', '{meant}')"
    return sql


def _company(column: str) -> str:
    """The same without the legal forms at its end."""
    forms = "|".join(sorted(LEGAL_FORMS | JOINS))
    lowered = f"regexp_replace(ext.fold(coalesce({column}, '')), '[.]', '', 'g')"
    stripped = f"regexp_replace({lowered}, '([^0-9a-z]+({forms}))+[^0-9a-z]*$', '')"
    return _plain(stripped)


def _skeleton(sql: str) -> str:
    """The consonants, doubled ones once, after the first letter."""
    rest = f"regexp_replace(substr({sql}, 2), '[aeiouyhw]', '', 'g')"
    return f"(left({sql}, 1) || regexp_replace({rest}, '(.)\\1+', '\\1', 'g'))"
