"""Kinds of fields in words, and what the forms for objects and fields ask."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.core.errors import Invalid
from app.core.text import N_
from app.domain.modelling.rules import KINDS
from app.records import registry
from app.ui.say import gettext, pgettext, problem

# By kind: an icon, and a sentence for who chooses.
TOLD: Mapping[str, tuple[str, str]] = {
    "text": ("type", N_("A line: a serial number, a colour, a place.")),
    "longtext": ("scroll-text", N_("Several lines, for what has to be explained.")),
    "number": ("hash", N_("Pieces, hours, kilograms. Lists add it up.")),
    "money": ("circle-dollar-sign", N_("An amount with its currency.")),
    "percent": ("percent", N_("A part of a hundred, as a discount.")),
    "autonumber": ("list-ordered", N_("Given to each new record: M-0001, M-0002.")),
    "date": ("calendar", N_("A day, without a time.")),
    "datetime": ("calendar-clock", N_("A day and a time, told in the reader's time zone.")),
    "boolean": ("toggle-left", N_("One of two.")),
    "choice": ("list", N_("One of a list that you write.")),
    "choices": ("list-checks", N_("Any number of a list that you write.")),
    "relation": ("link", N_("Another record, which then lists this one.")),
    "relations": ("share-2", N_("Any number of other records, each of which then lists this one.")),
    "member": ("user", N_("Somebody who works here.")),
    "email": ("mail", N_("An address, checked when it is entered.")),
    "emails": ("at-sign", N_("Any number of addresses, each with its purpose: work, invoices.")),
    "phones": ("phone-incoming", N_("Any number of phones, each with its purpose: work, mobile.")),
    "phone": ("phone", N_("A number that can be called with a click.")),
    "url": ("globe", N_("A link to a page.")),
    "address": ("map-pin", N_("Street, postcode, city, region and country, written as the country does.")),
    "files": ("paperclip", N_("Some of the record's files, chosen for a purpose: a contract, a picture.")),
    "country": ("flag", N_("A country by its name.")),
    "formula": ("calculator", N_("Worked out of the record's other fields, as price * 1.19.")),
    "rollup": (
        "sigma",
        N_("Counts or sums up the records that point here, or tells of the latest one."),
    ),
}
VISIBILITY: Sequence[tuple[str, str]] = (
    ("opinion", N_("Members only")),
    ("shared", N_("Members, and customers at what is theirs")),
    ("legal", N_("Members only, as evidence")),
)
# What else a field can be called that Kith brings.
OTHER_KINDS: Mapping[str, str] = {
    "domain": N_("Web address"),
    "currency": N_("Currency"),
    "external_ids": N_("Ids elsewhere"),
}


def kind_word(kind: str) -> str:
    """What a kind is called in the page's language."""
    if kind == "number":
        # Orders have numbers too, and other languages have another word for those.
        return pgettext("kind", "Number")
    known = KINDS.get(kind) or OTHER_KINDS.get(kind)
    return gettext(known) if known else kind


def kind_icon(kind: str) -> str:
    """The icon of a kind."""
    return TOLD[kind][0] if kind in TOLD else "type"


def refusal(refused: Invalid) -> str:
    """Why a change of the model was refused; fields and kinds are called what people call them."""
    return " ".join(problem(each.message, _named(each.data)) for each in refused.problems)


def _named(data: Mapping[str, Any]) -> Mapping[str, Any]:
    told = dict(data)
    if "names" in told:
        told["names"] = ", ".join(_field(each) for each in told["names"].split(", "))
    if "known" in told:
        told["known"] = ", ".join(kind_word(each) for each in told["known"].split(", "))
    return told


def _field(name: str) -> str:
    """The field `object.field` by its labels; what is not there any more by its name."""
    object_name, _, field_name = name.partition(".")
    described = registry.find(object_name)
    field = described.by_name.get(field_name) if described else None
    if described is None or field is None:
        return name
    return f"{gettext(described.plural)}: {gettext(field.label)}"
