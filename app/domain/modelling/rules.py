"""What a company may make of its model: names, words, kinds and limits. Pure."""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from app.core.errors import Problem
from app.core.text import N_
from app.domain.modelling import choice_rules, default_rules, number_rules
from app.records.types import CUSTOM_PREFIX, RECORD_FIELDS, ObjectType

MOST_OBJECTS = 50
MOST_FIELDS = 100
MOST_INDEXED = 12
# Fields of few values that have an index to be found by without being asked for.
MOST_FOUND = 8
MOST_CHOICES = 200
LONGEST_LABEL = 60
LONGEST_HELP = 300
LONGEST_NAME = 40
LANGUAGES = ("en", "de")

# The kinds that a field of the company's own may have, in the order in which they are offered.
KINDS: Mapping[str, str] = {
    "text": N_("Text"),
    "longtext": N_("Long text"),
    "number": N_("Number"),
    "money": N_("Money"),
    "percent": N_("Percent"),
    "autonumber": N_("Number that counts up"),
    "date": N_("Date"),
    "datetime": N_("Date and time"),
    "boolean": N_("Yes or no"),
    "choice": N_("Choice"),
    "choices": N_("Several choices"),
    "relation": N_("Relation"),
    "relations": N_("Several records"),
    "member": N_("Member"),
    "email": N_("E-mail"),
    "emails": N_("Several e-mails"),
    "phone": N_("Phone"),
    "phones": N_("Several phones"),
    "url": N_("Web address"),
    "country": N_("Country"),
    "address": N_("Postal address"),
    "files": N_("Files"),
    "formula": N_("Formula"),
    "rollup": N_("Roll-up"),
}
# Of these one value can belong to one record only.
UNIQUE = frozenset({"text", "email", "phone", "url", "emails", "phones"})
_SEARCHABLE = "text longtext email phone url autonumber emails phones address formula"
SEARCHABLE = frozenset(_SEARCHABLE.split())
# What lies beside the record and has no index of its own.
LISTS = frozenset({"emails", "phones"})
MOST_LISTS = 5
# So many entries of a list are made unique at once.
MOST_MARKED = 100_000
# These nobody writes, so that there is nothing to require.
GIVEN = frozenset({"autonumber", "formula", "rollup"})
# A new record has no files yet, so these cannot be required either.
OPTIONAL = GIVEN | {"files"}
MOST_FILES = 20
# Of these a new record may begin with a value.
WITH_DEFAULT = default_rules.KINDS
# These point to records of another object.
RELATIONS = frozenset({"relation", "relations"})
# What stands beside an object's name.
ICONS = tuple(
    "box package boxes wrench truck factory construction building-2 store house landmark map-pin calendar "
    "calendar-check clock file-text folder receipt list list-checks shopping-cart ticket tag flag star heart "
    "handshake user users briefcase graduation-cap cpu laptop smartphone server plug shield key target gift "
    "image video map globe megaphone message-square activity triangle-alert life-buoy".split()
)
UNSORTED = frozenset({"longtext", "choices", "emails", "phones", "address", "files", "relations"})
# What a roll-up gives that has no order.
UNORDERED = frozenset({"choices", "member", "relation"})
NO_ORDER = N_("Lists are not sorted by records, members or several choices. Filter by them instead.")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
# Labels stand in sentences and in markup.
_FORBIDDEN = re.compile(r"[<>{}%\x00-\x1f\x7f]")
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_TAKEN = frozenset(
    {
        *(each.name for each in RECORD_FIELDS),
        "object",
        "name",
        "owner_id",
        "external_ids",
        "custom",
        "deleted_at",
    }
)


@dataclass(frozen=True)
class FieldWish:
    """What a field is to be. `choices` are values with their words, `target` is what a relation points to,
    or what the field holds several records of.

    Of a relation `is_parent` says that a record without an owner belongs to whom the other belongs to, and
    `list_labels` what the list of these records is called at the other one, where that is not their object.
    Of a formula `expression` is its text, of a roll-up `rollup` says what it is made of; `result` and
    `currency` are what either gives.
    """

    kind: str
    labels: Mapping[str, str]
    name: str | None = None
    help: Mapping[str, str] = field(default_factory=dict)
    is_required: bool = False
    is_unique: bool = False
    is_searchable: bool = False
    is_sortable: bool = False
    is_personal: bool = False
    keeps_history: bool = False
    in_table: bool = False
    visibility: str = "shared"
    default_value: Any = None
    choices: Sequence[Mapping[str, Any]] = ()
    target: str | None = None
    is_parent: bool | None = None
    list_labels: Mapping[str, str] | None = None
    decimals: int | None = None
    minimum: int | None = None
    maximum: int | None = None
    prefix: str | None = None
    digits: int | None = None
    start: int | None = None
    is_numbered: bool | None = None
    key: str | None = None
    expression: str | None = None
    rollup: Mapping[str, Any] | None = None
    result: str | None = None
    currency: str | None = None


OPTIONS = (
    *("in_table", "choices", "target", "is_parent", "list_labels", "decimals", "minimum", "maximum"),
    *("prefix", "digits", "start", "is_numbered", "key"),
    *("expression", "rollup", "result", "currency"),
)


def settled(wish: FieldWish) -> FieldWish:
    """The wish with what its kind decides itself."""
    if wish.kind == "autonumber":
        return replace(wish, is_required=False, is_unique=True, is_sortable=True)
    if wish.kind == "files":
        return replace(wish, is_required=False)
    return wish


def wish_of(row: Mapping[str, Any]) -> FieldWish:
    """What the field of a row of `fields` was wished to be."""
    options = {key: row["options"][key] for key in OPTIONS if key in row["options"]}
    plain = {key: row[key] for key in asdict(FieldWish("text", {})) if key in row and key not in OPTIONS}
    return FieldWish(**plain, **options)


def slug(words: str) -> str:
    """A name made of a label: Grüne Maschine becomes gruene_maschine; empty where nothing is left."""
    plain = unicodedata.normalize("NFKD", words.lower().translate(_GERMAN))
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:LONGEST_NAME].strip("_")


def object_name(given: str | None, plural: str, taken: Collection[str]) -> str:
    """The name of a new object: the one that is `given`, or one made of its words that nobody has."""
    return _free(
        CUSTOM_PREFIX + (given or slug(plural) or "object").removeprefix(CUSTOM_PREFIX), taken, bool(given)
    )


def field_name(described: ObjectType, given: str | None, label: str, taken: Collection[str]) -> str:
    """The name of a new field. On standard objects it begins with x_: it meets no later one of Kith's."""
    bare = (given or slug(label) or "field").removeprefix(CUSTOM_PREFIX)
    prefix = "" if described.is_custom else CUSTOM_PREFIX
    return _free(prefix + bare, {*taken, *(_TAKEN if described.is_custom else ())}, bool(given))


def _free(name: str, taken: Collection[str], is_given: bool) -> str:
    if is_given or name not in taken:
        return name
    return next(each for number in range(2, 10_000) if (each := f"{name}_{number}") not in taken)


def problems_of_name(name: str, taken: Collection[str]) -> Iterator[Problem]:
    """What is wrong with a name."""
    if not _NAME.fullmatch(name) or len(name) > LONGEST_NAME + len(CUSTOM_PREFIX):
        yield Problem(
            "name", "bad_name", N_("A name has small letters, digits and _, and begins with a letter.")
        )
    elif name in taken:
        yield Problem("name", "taken", N_("%(name)s is taken. Give another name."), {"name": name})


def problems_of_words(
    path: str, words: Mapping[str, str], *, longest: int, needed: bool
) -> Iterator[Problem]:
    """What is wrong with words in several languages."""
    told = {language: text for language, text in words.items() if text}
    if needed and not told:
        yield Problem(path, "required", N_("Give it a name in at least one language."))
    for language, text in told.items():
        if language not in LANGUAGES:
            yield Problem(f"{path}.{language}"[:100], "unknown_language", N_("Words are in en or de."))
        elif not isinstance(text, str) or len(text) > longest:
            message = N_("Words have at most %(most)s characters.")
            yield Problem(f"{path}.{language}", "too_long", message, {"most": longest})
        elif _FORBIDDEN.search(text):
            yield Problem(f"{path}.{language}", "bad_characters", N_("Words have none of < > { } and %%."))


def problems_of_icon(icon: str | None) -> Iterator[Problem]:
    """What is wrong with an icon; none is right."""
    if icon and icon not in ICONS:
        yield Problem("icon", "unknown", N_("Choose one of the list."))


def problems_of(wish: FieldWish, objects: Collection[str]) -> Iterator[Problem]:
    """What is wrong with a field that is to be."""
    yield from problems_of_words("labels", wish.labels, longest=LONGEST_LABEL, needed=True)
    yield from problems_of_words("help", wish.help, longest=LONGEST_HELP, needed=False)
    yield from problems_of_words("list_labels", wish.list_labels or {}, longest=LONGEST_LABEL, needed=False)
    if wish.kind not in KINDS:
        known = ", ".join(KINDS)
        yield Problem("kind", "unknown_kind", N_("A field is one of these: %(known)s."), {"known": known})
        return
    if wish.kind == "autonumber":
        yield from number_rules.problems(wish.prefix, wish.digits, wish.start)
    if wish.kind == "files" and not 1 <= (wish.maximum or 1) <= MOST_FILES:
        told = {"most": MOST_FILES}
        yield Problem("maximum", "out_of_range", N_("Give a number from 1 to %(most)s."), told)
    if wish.is_unique and wish.kind not in UNIQUE | {"autonumber"}:
        yield Problem("is_unique", "not_possible", N_("Only texts can belong to one record alone."))
    if wish.is_sortable and wish.kind in UNSORTED:
        yield Problem("is_sortable", "not_possible", N_("Lists cannot be sorted by such a field."))
    if wish.is_searchable and wish.kind not in SEARCHABLE:
        yield Problem("is_searchable", "not_possible", N_("Only texts can be searched for."))
    if wish.kind in RELATIONS and wish.target not in objects:
        yield Problem("target", "required", N_("Choose the object that the relation points to."))
    if wish.kind in ("choice", "choices"):
        yield from _problems_of_choices(wish.choices)
        yield from choice_rules.problems(wish.choices)
    numbers = {"decimals": wish.decimals, "minimum": wish.minimum, "maximum": wish.maximum}
    yield from default_rules.problems(wish.kind, wish.default_value, wish.choices, **numbers)
    if wish.visibility not in ("shared", "opinion", "legal"):
        yield Problem("visibility", "unknown", N_("Choose one of the list."))


def _problems_of_choices(choices: Sequence[Mapping[str, Any]]) -> Iterator[Problem]:
    if not choices or len(choices) > MOST_CHOICES:
        message = N_("Give 1 to %(most)s choices.")
        yield Problem("choices", "out_of_range", message, {"most": MOST_CHOICES})
    seen: set[str] = set()
    for place, each in enumerate(choices):
        value = each.get("value")
        if not isinstance(value, str) or not _NAME.fullmatch(value) or value in seen:
            yield Problem(f"choices[{place}].value", "bad_value", N_("Each choice has a name of its own."))
        seen.add(str(value))
        yield from problems_of_words(
            f"choices[{place}].labels", each.get("labels") or {}, longest=LONGEST_LABEL, needed=True
        )
