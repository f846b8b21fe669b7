"""Where a column may go: fields of the object, of its companion, ids, and relations with their keys."""

from dataclasses import dataclass
from functools import lru_cache

from app.core.errors import Invalid
from app.core.text import N_
from app.domain.imports.rules.plan import Plan
from app.records import intake, registry
from app.records.types import Field, ObjectType

EXTERNAL, RECORD_ID, FULL_NAME = "external_id", "id", "full_name"
_LISTS = frozenset({"emails", "phones", "external_ids"})
_MATCHING = N_("How records are found")
_KEYS: dict[str, tuple[str, ...]] = {
    "companies": ("name", "external", "number", "domain", "email", "id"),
    "contacts": ("email", "external", "name", "phone", "id"),
    "products": ("sku", "external", "name", "id"),
    "orders": ("number", "external", "id"),
    "cases": ("number", "external", "id"),
    "deliveries": ("number", "external", "id"),
    "members": ("email", "name", "id"),
    "stages": ("name", "id"),
}
_OTHER_KEYS = ("name", "external", "id")
KEY_LABELS: dict[str, str] = {
    "auto": N_("Automatic"),
    "name": N_("Name"),
    "external": N_("Id in another system"),
    "number": N_("Number"),
    "domain": N_("Website"),
    "email": N_("E-mail"),
    "phone": N_("Phone"),
    "sku": N_("Article number"),
    "id": N_("Id in Kith"),
    "parts": N_("Order and position or product"),
    "none": N_("Never: each row is a new record"),
}
# What relations may make by name where they find nothing.
CREATABLE = frozenset({"companies", "products"})


@dataclass(frozen=True)
class Companion:
    """A second object that the same row fills; its `link` field points to the row's record.

    `key` finds it again among those of the same record: by a field, or the only one there is (empty).
    """

    name: str
    object: str
    link: str
    key: str
    label: str


COMPANIONS: dict[str, tuple[Companion, ...]] = {
    "companies": (Companion("contact", "contacts", "company_id", "name", N_("Contact person")),),
    "orders": (Companion("delivery", "deliveries", "order_id", "", N_("Delivery")),),
}


@dataclass(frozen=True)
class Target:
    """One place for a column. `keys` are the ways to find a relation's record; `field` is None for ids."""

    key: str
    label: str
    group: str
    field: Field | None = None
    keys: tuple[str, ...] = ()
    companion: Companion | None = None

    @property
    def can_create(self) -> bool:
        """Whether records that a relation does not find can be made."""
        return self.field is not None and (self.field.relates_to or self.field.holds) in CREATABLE


def importable() -> tuple[ObjectType, ...]:
    """The objects that tables can be brought into."""
    return registry.every()


def targets(object_name: str) -> dict[str, Target]:
    """Every place that a column of a table of this object may go to, by key."""
    return _targets(object_name, registry.model().revision)


def require(plan: Plan) -> None:
    """Raises Invalid where a column goes to what is not there any more: its cells would be left out."""
    known = targets(plan.object)
    gone = [each.target for each in plan.columns if each.target and each.target not in known]
    if gone:
        raise Invalid([intake.unknown(registry.get(plan.object), name) for name in gone])


@lru_cache(maxsize=64)
def _targets(object_name: str, _revision: str) -> dict[str, Target]:
    described = registry.get(object_name)
    found = [
        Target(RECORD_ID, N_("Id in Kith"), _MATCHING),
        Target(EXTERNAL, N_("Id in another system"), _MATCHING),
        *_full_name(described.name, "", described.singular),
        *(_target(field, field.group) for field in described.fields if _settable(field)),
    ]
    for companion in COMPANIONS.get(object_name, ()):
        found += _companion_targets(companion)
    return {target.key: target for target in found}


def _settable(field: Field) -> bool:
    is_kept_elsewhere = field.kind == "files" or (field.kind in _LISTS and not field.custom)
    return not (is_kept_elsewhere or field.readonly or field.generated)


def _target(field: Field, group: str) -> Target:
    goal = field.relates_to or field.holds
    return Target(field.name, field.label, group, field, _KEYS.get(goal, _OTHER_KEYS) if goal else ())


def _companion_targets(companion: Companion) -> list[Target]:
    described = registry.get(companion.object)
    plain = [
        field for field in described.fields if _settable(field) and not (field.relates_to or field.holds)
    ]
    found = _full_name(companion.object, f"{companion.name}.", companion.label, companion)
    return found + [
        Target(f"{companion.name}.{field.name}", field.label, companion.label, field, companion=companion)
        for field in plain
    ]


def _full_name(object_name: str, prefix: str, group: str, companion: Companion | None = None) -> list[Target]:
    """People's names may come in one cell."""
    if object_name != "contacts":
        return []
    return [Target(prefix + FULL_NAME, N_("First and last name"), group, companion=companion)]


def match_keys(object_name: str) -> tuple[str, ...]:
    """The ways in which rows may find the records they are about."""
    own = ("parts",) if object_name == "order_lines" else ()
    return ("auto", *own, *_KEYS.get(object_name, _OTHER_KEYS), "none")
