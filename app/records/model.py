"""A tenant's own model: the standard objects with what it changed about them, and the objects it added."""

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.core.errors import NotFound
from app.core.text import N_, OwnWords
from app.records import addresses, fields
from app.records.computed import described as computed
from app.records.computed.choosing import choosing
from app.records.sources import source
from app.records.tables import records
from app.records.titles import title_of
from app.records.types import IDENTIFIED, Choice, Field, Numbering, ObjectType, Related, Target

# The section of a company's own fields: beside what Kith brings, and as the whole of an object of its own.
BESIDE, OF_OWN = N_("More"), N_("Details")
# What nobody writes.
_GIVEN = frozenset({"autonumber", *computed.KINDS})


@dataclass(frozen=True)
class Model:
    """Objects and what relations may point to, by name; two models with one `revision` are the same."""

    revision: str
    objects: dict[str, ObjectType]
    targets: dict[str, Target]
    kept: dict[str, Any] = dataclasses.field(default_factory=dict, compare=False, repr=False)

    def get(self, name: str) -> ObjectType:
        """The object called `name`; raises NotFound."""
        try:
            return self.objects[name]
        except KeyError:
            raise NotFound(name) from None

    def target(self, name: str) -> Target:
        """What relations to `name` point to; raises NotFound."""
        try:
            return self.targets[name]
        except KeyError:
            raise NotFound(name) from None

    def every(self) -> tuple[ObjectType, ...]:
        """All objects in the order in which people see them."""
        return tuple(sorted(self.objects.values(), key=lambda described: described.position))


def target_of(described: ObjectType) -> Target:
    """The object as something that relations point to."""
    return Target(
        described.name,
        described.table,
        lambda table: title_of(described, table),
        described.permission("read"),
        described.table.c.deleted_at.is_(None),
        source=described.source,
    )


def built(
    revision: str, standard: Model, objects: Sequence[Mapping[str, Any]], added: Sequence[Mapping[str, Any]]
) -> Model:
    """The model that rows of `object_types` and `fields` make of the standard one.

    What is hidden is left out; its values stay where they are.
    """
    rows = {row["name"]: row for row in objects}
    by_object: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in added:
        by_object[row["object"]].append(row)
    described = {
        name: _changed(each, rows.get(name), by_object.get(name, []))
        for name, each in standard.objects.items()
    }
    for name, row in rows.items():
        if row["is_custom"]:
            described[name] = _added(row, by_object.get(name, []))
    described = {name: choosing(each, described) for name, each in described.items()}
    shown = {
        name: each for name, each in described.items() if not (rows.get(name) and rows[name]["hidden_at"])
    }
    related = _with_lists(shown)
    targets = {**standard.targets, **{name: target_of(each) for name, each in related.items()}}
    for name in described.keys() - related.keys():
        targets.pop(name, None)
    return Model(revision, related, targets)


def _changed(
    described: ObjectType, row: Mapping[str, Any] | None, changes: Sequence[Mapping[str, Any]]
) -> ObjectType:
    """A standard object in the tenant's words, with the fields it added and without those it hides."""
    if row is not None:
        described = replace(
            described,
            singular=OwnWords(row["labels"].get("singular"), described.singular) or described.singular,
            plural=OwnWords(row["labels"].get("plural"), described.plural) or described.plural,
            icon=row["icon"] or described.icon,
        )
    own = {each["name"]: each for each in changes if not each["is_custom"]}
    kept = tuple(_renamed(each, own.get(each.name)) for each in described.fields)
    custom = _custom(changes)
    if not custom:
        return replace(described, fields=kept) if own else described
    table = source(
        described.base, [(each.kind, each.name, each.key) for each in custom], name=described.base.name
    )
    return replace(
        described,
        fields=(*kept, *custom),
        table=table,
        stored_in=described.base,
        parents=(*described.parents, *_parents(custom)),
    )


def _added(row: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> ObjectType:
    """An object of the tenant's own."""
    custom = _custom(rows, OF_OWN)
    own = (
        Field(
            "name",
            "text",
            OwnWords(row["options"].get("name_labels")) or N_("Name"),
            required=True,
            searchable=True,
            sortable=True,
            in_table=True,
            limit=500,
        ),
        *custom,
        fields.owner(),
        fields.external_ids(),
    )
    table = source(
        records, [(each.kind, each.name, each.key) for each in custom], name=row["name"], only=row["name"]
    )
    return ObjectType(
        name=row["name"],
        singular=_words(row["labels"], "singular", row["name"]),
        plural=_words(row["labels"], "plural", row["name"]),
        icon=row["icon"] or "box",
        table=table,
        fields=own,
        subtitle=tuple(each.name for each in custom if each.searchable and each.kind == "text")[:2],
        position=1000 + row["position"],
        stored_in=records,
        parents=_parents(custom),
    )


def _parents(custom: Iterable[Field]) -> tuple[str, ...]:
    return tuple(each.name for each in custom if each.is_parent)


def _custom(rows: Iterable[Mapping[str, Any]], group: str = BESIDE) -> tuple[Field, ...]:
    """The company's own fields in its order, in that section unless they have one of their own."""
    shown = [row for row in rows if row["is_custom"] and not row["hidden_at"]]
    shown.sort(key=lambda row: (row["position"], row["name"]))
    return tuple(field for row in shown for field in _fields(row, group))


def _fields(row: Mapping[str, Any], group: str) -> Iterable[Field]:
    """The field of a row; money brings the currency that it is in."""
    if row["kind"] == "address":
        yield from addresses.fields(row)
        return
    options = row["options"]
    group = OwnWords(options.get("group")) or group
    worked_out = computed.of_row(row)
    currency = f"{row['name']}_currency" if row["kind"] == "money" else options.get("currency")
    field = Field(
        row["name"],
        computed.kind_of(row),
        OwnWords(row["labels"]),
        required=row["is_required"],
        unique=row["is_unique"] and row["kind"] not in IDENTIFIED,
        exclusive=row["is_unique"] and row["kind"] in IDENTIFIED,
        searchable=row["is_searchable"],
        sortable=row["is_sortable"] and row["index_state"] == "ready",
        personal=row["is_personal"],
        visibility=row["visibility"],
        keeps_history=row["keeps_history"],
        default=row["default_value"],
        choices=tuple(_choice(each) for each in options.get("choices", ())),
        target=options.get("target"),
        currency=currency,
        help=OwnWords(row["help"]),
        in_table=bool(options.get("in_table")),
        group=group,
        limit=options.get("limit"),
        decimals=options.get("decimals", 4),
        minimum=options.get("minimum"),
        maximum=options.get("maximum"),
        custom=True,
        readonly=row["kind"] in _GIVEN,
        numbering=_numbering(options) if row["kind"] == "autonumber" else None,
        kept_as=options.get("key"),
        computed=worked_out,
        is_parent=row["kind"] == "relation" and bool(options.get("is_parent")),
        list_label=OwnWords(options.get("list_labels")),
    )
    yield field
    if currency == f"{row['name']}_currency":
        yield replace(
            _CURRENCY,
            name=currency,
            group=group,
            personal=field.personal,
            computed=worked_out,
            readonly=field.readonly,
            visibility=field.visibility if worked_out else "shared",
        )


_CURRENCY = Field("", "currency", N_("Currency"), custom=True)


def _numbering(options: Mapping[str, Any]) -> Numbering | None:
    """How new records are counted, once those that were there before are."""
    if not options.get("is_numbered"):
        return None
    return Numbering(options.get("prefix") or "", options.get("digits") or 1, options.get("start") or 1)


def _choice(row: Mapping[str, Any]) -> Choice:
    return Choice(
        row["value"], OwnWords(row["labels"]), row.get("state"), retired=row.get("is_retired", False)
    )


def _renamed(field: Field, row: Mapping[str, Any] | None) -> Field:
    """A standard field in the tenant's words; one that is hidden is still there for what builds on it."""
    if row is None:
        return field
    return replace(
        field,
        label=OwnWords(row["labels"], field.label) or field.label,
        help=OwnWords(row["help"], field.help) or field.help,
        in_table=bool(row["options"].get("in_table", field.in_table)) and not row["hidden_at"],
        sortable=field.sortable or (row["is_sortable"] and row["index_state"] == "ready"),
        hidden=row["hidden_at"] is not None,
    )


def _words(labels: Mapping[str, Any], form: str, otherwise: str) -> str:
    return OwnWords(labels.get(form)) or otherwise


def _with_lists(described: Mapping[str, ObjectType]) -> dict[str, ObjectType]:
    """Each object with a list of those that point to it by a custom relation."""
    lists: dict[str, list[Related]] = defaultdict(list)
    for other in described.values():
        for field in other.fields:
            goal = field.target
            if field.custom and not field.computed and goal and goal in described:
                label = field.list_label or other.plural
                lists[goal].append(Related(f"{other.name}_{field.name}", other.name, field.name, label))
    return {
        name: replace(each, related=(*each.related, *lists[name])) if name in lists else each
        for name, each in described.items()
    }
