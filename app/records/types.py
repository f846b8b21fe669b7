"""How an object is described: its fields, relations and behaviour."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Subquery, Table

from app.core.actor import Actor
from app.core.errors import Problem
from app.core.text import N_
from app.records.computed.described import Computed
from app.records.sources import written

Kind = Literal[
    "text",
    "longtext",
    "email",
    "phone",
    "url",
    "domain",
    "number",
    "money",
    "percent",
    "date",
    "datetime",
    "boolean",
    "choice",
    "choices",
    "relation",
    "relations",
    "member",
    "country",
    "currency",
    "emails",
    "phones",
    "external_ids",
    "autonumber",
    "files",
]
Visibility = Literal["shared", "opinion", "legal"]
State = Literal["bad", "warn", "good", "info", "quiet"]

# What a tenant adds begins so: it never meets what Kith adds later.
CUSTOM_PREFIX = "x_"

# Kinds whose values lie in `identifiers` and not in a column.
IDENTIFIED: Mapping[str, str] = {"emails": "email", "phones": "phone", "external_ids": "external"}

# Standard fields that hold the primary value of a list.
PRIMARY: Mapping[str, str] = {"emails": "email", "phones": "phone"}


@dataclass(frozen=True)
class Choice:
    """One of the values a choice may have; `state` colours it, `aliases` are other words for it.

    What is `retired` stays on records that have it and is offered no more.
    """

    value: str | int
    label: str
    state: State | None = None
    aliases: tuple[str, ...] = ()
    retired: bool = False


@dataclass(frozen=True)
class Numbering:
    """How records are counted: M-0001 has the prefix "M-" and four `digits`; more are used when needed."""

    prefix: str = ""
    digits: int = 1
    start: int = 1

    def written(self, number: int) -> str:
        """The number as records have it."""
        return f"{self.prefix}{number:0{self.digits}d}"


@dataclass(frozen=True, eq=False)
class Field:
    """One field of an object. `label` and `help` are msgids.

    `target` is the object of a relation, or of the several records that a field holds,
    `currency` the field that holds the money's currency,
    `group` the section of the record page, `in_table` whether the table shows it by default.
    `generated` columns are computed by the database and returned after each write; what records are called
    or found by has to be known before, so there `derive` computes the same. `exclusive` identifiers belong to
    one live record only; `limit` is the longest text in characters. What is `custom` was added by the tenant:
    it lies in the record's `custom` and is a column only of the object's `table`. What is `hidden` keeps its
    values and is not shown. New records are counted by the `numbering` of a field. What is
    `part` of an address names that and what of it. What is `computed` Kith works out. A custom relation that
    `is_parent` is one of the object's parents; `list_label` is what its list at the other record is called.
    """

    name: str
    kind: Kind
    label: str
    required: bool = False
    unique: bool = False
    searchable: bool = False
    sortable: bool = False
    personal: bool = False
    visibility: Visibility = "shared"
    readonly: bool = False
    generated: bool = False
    derive: Callable[[Mapping[str, Any]], Any] | None = None
    choices: tuple[Choice, ...] = ()
    target: str | None = None
    currency: str | None = None
    help: str = ""
    default: Any = None
    in_table: bool = False
    group: str = N_("Details")
    exclusive: bool = False
    keeps_history: bool = False
    limit: int | None = None
    decimals: int = 4
    minimum: int | None = None
    maximum: int | None = None
    custom: bool = False
    hidden: bool = False
    numbering: Numbering | None = None
    computed: Computed | None = None
    kept_as: str | None = None
    part: tuple[str, str] | None = None
    is_parent: bool = False
    list_label: str = ""

    @property
    def key(self) -> str:
        """Under which name a custom field's value lies in the record's `custom`: another than its own once
        the field is of another kind than it was."""
        return self.kept_as or self.name

    @property
    def multiline(self) -> bool:
        """Whether the text may have several lines."""
        return self.kind == "longtext"

    @property
    def stored(self) -> bool:
        """Whether the field is a column of the object's own table."""
        return self.kind not in IDENTIFIED

    @property
    def listed(self) -> str:
        """Which list of its sort the identifiers of the field are on: an own one has its name.

        It is their `system`, which ids of other systems say themselves.
        """
        return self.name if self.custom else ""

    @property
    def relates_to(self) -> str | None:
        """The name of the target this field points to with one id: another object, or the members."""
        if self.kind == "relations":
            return None
        return "members" if self.kind == "member" else self.target

    @property
    def holds(self) -> str | None:
        """The object of which the field holds several records."""
        return self.target if self.kind == "relations" else None

    @cached_property
    def choice_values(self) -> frozenset[str | int]:
        """The values a choice may have."""
        return frozenset(choice.value for choice in self.choices)

    @cached_property
    def offered(self) -> tuple[Choice, ...]:
        """The choices that a record may be given."""
        return tuple(choice for choice in self.choices if not choice.retired)

    @cached_property
    def retired(self) -> frozenset[str | int]:
        """The values that only records have which had them before."""
        return frozenset(choice.value for choice in self.choices if choice.retired)


@dataclass(frozen=True)
class Related:
    """A list of `object` on the record page: those whose `field` points to the record."""

    name: str
    object: str
    field: str
    label: str


@dataclass(frozen=True)
class Inherit:
    """A `field` left empty takes `source` of the record that the relation `via` points to."""

    field: str
    via: str
    source: str


@dataclass(frozen=True)
class Beside:
    """A column of lists that is no field: what Kith works out of the fields it `needs`, and other records.

    Who lacks the `permission` has no such column. It stands behind the title, or `is_last`.
    """

    name: str
    label: str
    kind: Kind = "text"
    permission: str | None = None
    needs: tuple[str, ...] = ()
    is_last: bool = False


@dataclass
class Change:
    """One record's change on its way into the database.

    `before` is None for a new record; `values` holds only what changes and may be added to in
    `prepare`; `after` is the whole record once stored; `quiet` marks imported history, which opens
    no incident and tells nobody. A change with `problems` is not stored. What is `computed` of the values,
    with the reason where there is none, is nobody's edit. `undoes` names the edit that it takes back.
    """

    object: str
    record_id: UUID
    before: dict[str, Any] | None
    values: dict[str, Any]
    after: dict[str, Any] = field(default_factory=dict)
    quiet: bool = False
    problems: list[Problem] = field(default_factory=list)
    verb: str = "updated"
    computed: dict[str, str | None] = field(default_factory=dict)
    undoes: UUID | None = None

    @property
    def is_new(self) -> bool:
        """Whether the record did not exist before."""
        return self.before is None

    @property
    def edited(self) -> Mapping[str, Any]:
        """The values without what is computed."""
        if not self.computed:
            return self.values
        return {name: value for name, value in self.values.items() if name not in self.computed}

    def value(self, name: str) -> Any:
        """The field's value once this change is stored."""
        if name in self.values:
            return self.values[name]
        return self.before.get(name) if self.before else None

    def changes(self, *names: str) -> bool:
        """Whether any of these fields gets another value."""
        before = self.before or {}
        return any(name in self.values and self.values[name] != before.get(name) for name in names)


class Behaviour:
    """What a feature adds to its object; every method takes batches, in the transaction of the change."""

    def prepare(self, actor: Actor, changes: list[Change]) -> None:
        """Fill, derive and check values before they are stored; may add problems to a change."""

    def stored(self, actor: Actor, changes: list[Change]) -> None:
        """Do what follows from changes that are stored: timers, totals, incidents.

        Called for new, changed, trashed and restored records; `verb` tells which.
        """


@dataclass(frozen=True)
class Customers:
    """What customers may do with an object through the portal; an object without it is hidden from them.

    `rows` is the condition, on the object's table or an alias of it, that a row is theirs. `creates` and
    `changes` name the fields that they may set in a new record of their own, and in one that is there.
    """

    rows: Callable[[Actor, Any], ColumnElement[bool]]
    creates: frozenset[str] = frozenset()
    changes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Target:
    """Something a relation may point to: where it lies, what it is called, who may see it.

    `title_of` gives the title of a row of the table or of an alias; `permission` None: everybody;
    `live` is true for rows that may be chosen; they are offered in `order`. `source` is the
    table as SQL, where it is not just its name.
    """

    name: str
    table: Any
    title_of: Callable[[Any], ColumnElement[str]]
    permission: str | None
    live: ColumnElement[bool]
    order: tuple[Any, ...] = ()
    source: str = ""

    @property
    def title(self) -> ColumnElement[str]:
        """The title of a row of the table."""
        return self.title_of(self.table)

    def aliased(self, alias: str) -> tuple[Any, ColumnElement[str]]:
        """The table under another name, and the title there."""
        other = self.table.alias(alias)
        return other, self.title_of(other)


@dataclass(frozen=True, eq=False)
class ObjectType:
    """One object: its name in addresses, its words, its table and its fields.

    `parents` are the relations to what a record without an owner belongs to, none of which leads back here;
    what `is_part` of them belongs to them whoever owns it. Lists have columns `beside` the fields.
    """

    name: str
    singular: str
    plural: str
    icon: str
    table: Table | Subquery
    fields: tuple[Field, ...]
    title: str = "name"
    title_else: tuple[str, ...] = ()
    subtitle: tuple[str, ...] = ()
    default_sort: str = "-updated_at"
    related: tuple[Related, ...] = ()
    inherits: tuple[Inherit, ...] = ()
    require_any: tuple[str, ...] = ()
    numbered: str | None = None
    behaviour: Behaviour = field(default_factory=Behaviour)
    position: int = 100
    findable: bool = True
    closed_by: str | None = None
    parents: tuple[str, ...] = ()
    is_part: bool = False
    customers: Customers | None = None
    own_fields: tuple[Field, ...] = field(default_factory=lambda: RECORD_FIELDS)
    stored_in: Table | None = None
    beside: tuple[Beside, ...] = ()

    @property
    def base(self) -> Table:
        """The table that the rows lie in; `table` is what of it is this object's, with its custom fields."""
        return self.stored_in if self.stored_in is not None else cast(Table, self.table)

    @property
    def is_custom(self) -> bool:
        """Whether the tenant added the object."""
        return self.name.startswith(CUSTOM_PREFIX)

    @cached_property
    def source(self) -> str:
        """The SQL of `table`, to be given a name."""
        return self.base.name if self.stored_in is None else written(self.table)

    def nullable(self, name: str) -> bool:
        """Whether a record may have no value in that column."""
        column = self.base.c.get(name)
        return column is None or bool(column.nullable)

    @cached_property
    def by_name(self) -> Mapping[str, Field]:
        """The fields by their names, the record's own (`created_at`, ...) included."""
        return {each.name: each for each in (*self.fields, *self.own_fields)}

    def shows(self, name: str) -> bool:
        """Whether a value of that name belongs to the record as described here."""
        return self.own_fields is RECORD_FIELDS or name in self.by_name

    @cached_property
    def columns(self) -> tuple[Field, ...]:
        """Fields that are columns of the table."""
        return tuple(each for each in self.fields if each.stored)

    @cached_property
    def derived(self) -> Mapping[str, Callable[[Mapping[str, Any]], Any]]:
        """How generated columns are known before the database has computed them."""
        return {each.name: each.derive for each in self.columns if each.derive}

    @cached_property
    def nothing(self) -> Mapping[str, Any]:
        """The fields of a record of which nothing is known."""
        return {each.name: None for each in self.fields}

    @cached_property
    def completed(self) -> tuple[Field, ...]:
        """Columns that get a value where none is given, or that need one."""
        return tuple(
            each
            for each in self.columns
            if not each.generated and (each.required or each.default is not None)
        )

    @cached_property
    def priced(self) -> tuple[Field, ...]:
        """Amounts that have a currency."""
        return tuple(each for each in self.columns if each.currency)

    @cached_property
    def with_files(self) -> tuple[Field, ...]:
        """Columns that name files of the record."""
        return tuple(each for each in self.columns if each.kind == "files")

    @cached_property
    def retiring(self) -> tuple[Field, ...]:
        """Fields with choices that no record gets anew."""
        return tuple(each for each in self.fields if each.retired)

    @cached_property
    def counted(self) -> tuple[Field, ...]:
        """Columns that count new records."""
        return tuple(each for each in self.columns if each.numbering)

    @cached_property
    def relations(self) -> tuple[Field, ...]:
        """Columns by which people say that a record points to others: none that Kith works out."""
        return tuple(each for each in self.columns if each.kind == "relation" and not each.computed)

    @cached_property
    def holding(self) -> tuple[Field, ...]:
        """Columns by which people say that a record points to several others."""
        return tuple(each for each in self.columns if each.holds and not each.computed)

    @cached_property
    def pointing(self) -> Mapping[str, tuple[Field, ...]]:
        """Columns by which people say what a record points to, members too, by what that is."""
        said = [(each, each.relates_to) for each in self.columns if each.relates_to and not each.computed]
        targets = dict.fromkeys(target for _, target in said if target)
        return {name: tuple(each for each, target in said if target == name) for name in targets}

    @cached_property
    def uniques(self) -> tuple[Field, ...]:
        """Columns of which one value belongs to one live record only."""
        return tuple(each for each in self.columns if each.unique)

    @cached_property
    def exclusive_lists(self) -> Mapping[tuple[str, str], str]:
        """Lists of identifiers of which the same holds, by their sort and which of it, and their fields."""
        chosen = (each for each in self.identified if each.exclusive or each.kind == "external_ids")
        return {(IDENTIFIED[each.kind], each.listed): each.name for each in chosen}

    @cached_property
    def found_by(self) -> tuple[str, ...]:
        """Names of the fields that the search finds a record by, or shows."""
        shown = {self.title, *self.title_else, *self.subtitle}
        return tuple(each.name for each in self.fields if each.searchable or each.name in shown)

    @cached_property
    def finds_by_computed(self) -> bool:
        """Whether records are found by something that Kith works out."""
        return any(self.by_name[name].computed for name in self.found_by)

    @cached_property
    def identified(self) -> tuple[Field, ...]:
        """Fields whose values lie in `identifiers`."""
        return tuple(each for each in self.fields if not each.stored)

    @cached_property
    def primaries(self) -> Mapping[str, str]:
        """Lists whose first value stands in a field of its own, and that field."""
        known = self.by_name
        return {
            many: one
            for many, one in PRIMARY.items()
            if many in known and one in known and not known[many].custom and not known[one].custom
        }

    @cached_property
    def required_lists(self) -> tuple[Field, ...]:
        """Those of them that may not be empty."""
        return tuple(each for each in self.identified if each.required)

    @cached_property
    def identifier_kinds(self) -> frozenset[str]:
        """Kinds of identifiers that a record of this object has."""
        kinds = {IDENTIFIED[each.kind] for each in self.identified}
        return frozenset(kinds | ({"domain"} if "domain" in self.by_name else set()))

    @cached_property
    def in_table(self) -> tuple[str, ...]:
        """Names of the fields that a table shows by default."""
        return tuple(each.name for each in self.fields if each.in_table)

    @cached_property
    def groups(self) -> Mapping[str, tuple[Field, ...]]:
        """Sections of the record page in their order."""
        names = dict.fromkeys(each.group for each in self.fields)
        return {name: tuple(each for each in self.fields if each.group == name) for name in names}

    def permission(self, verb: str) -> str:
        """The permission that `verb` (read, write, delete) needs."""
        return f"{self.name}:{verb}"


RECORD_FIELDS: tuple[Field, ...] = (
    Field("id", "text", N_("Id"), readonly=True),
    Field("version", "number", N_("Version"), readonly=True, decimals=0),
    Field("created_at", "datetime", N_("Created"), readonly=True, sortable=True),
    Field("updated_at", "datetime", N_("Last changed"), readonly=True, sortable=True),
    Field("created_by", "member", N_("Created by"), readonly=True),
    Field("updated_by", "member", N_("Changed by"), readonly=True),
)

Values = Mapping[str, Any]
Problems = Sequence[Problem]
