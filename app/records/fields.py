"""Fields that many objects share."""

from typing import Any

from app.core.text import N_
from app.records.types import Beside, Choice, Field

ADDRESS = N_("Address")
REACH = N_("Contact details")
RELATION = N_("Relation")
CONSENT = N_("Consent")
PERSON = N_("About the person")
LINKS = N_("Belongs to")

LEGAL_BASES = (
    Choice("consent", N_("Consent"), aliases=("einwilligung",)),
    Choice("contract", N_("Contract"), aliases=("vertrag",)),
    Choice("legitimate_interest", N_("Legitimate interest"), aliases=("berechtigtes interesse",)),
    Choice("legal_obligation", N_("Legal obligation"), aliases=("rechtliche verpflichtung",)),
)
LIFECYCLE = (
    Choice("lead", N_("Lead"), "info", ("interessent", "prospect")),
    Choice("customer", N_("Customer"), "good", ("kunde", "client")),
    Choice("former", N_("Former customer"), "quiet", ("ehemaliger kunde", "ex-customer")),
    Choice("partner", N_("Partner"), aliases=("partner",)),
    Choice("supplier", N_("Supplier"), aliases=("lieferant", "vendor")),
    Choice("other", N_("Other"), "quiet", ("sonstige", "andere")),
)


STANDING = (Beside("standing", N_("Standing")), Beside("thread", N_("Last 90 days")))


def description(label: str = N_("Description")) -> Field:
    """A long free text."""
    return Field("description", "longtext", label, searchable=True)


def opinion() -> Field:
    """What members note about a person or a company; it is for members alone."""
    return Field("description", "longtext", N_("Description"), searchable=True, visibility="opinion")


def owner() -> Field:
    """The member who looks after the record."""
    return Field("owner_id", "member", N_("Owner"), in_table=True, group=RELATION)


def external_ids() -> Field:
    """What other systems call the record."""
    return Field(
        "external_ids",
        "external_ids",
        N_("Ids in other systems"),
        searchable=True,
        help=N_("One id for each system, such as sap: 4711."),
    )


def relation(name: str, target: str, label: str, **more: Any) -> Field:
    """A field that points to a record of `target`."""
    return Field(name, "relation", label, target=target, **{"group": LINKS, **more})


def currency(name: str = "currency", **more: Any) -> Field:
    """The currency of the record's money."""
    return Field(name, "currency", N_("Currency"), **more)


def address() -> tuple[Field, ...]:
    """Where somebody lives or works."""
    return (
        Field("street", "text", N_("Street"), group=ADDRESS),
        Field("postcode", "text", N_("Postcode"), group=ADDRESS, limit=40),
        Field("city", "text", N_("City"), group=ADDRESS, sortable=True, searchable=True, in_table=True),
        Field("region", "text", N_("State or region"), group=ADDRESS),
        Field("country", "country", N_("Country"), group=ADDRESS, in_table=True),
    )


def reach(*, exclusive: bool) -> tuple[Field, ...]:
    """E-mails and phones; `email` and `phone` are the primary ones."""
    return (
        Field("email", "email", N_("E-mail"), group=REACH, sortable=True, in_table=True),
        Field("phone", "phone", N_("Phone"), group=REACH, in_table=True),
        Field("emails", "emails", N_("All e-mails"), group=REACH, exclusive=exclusive, searchable=True),
        Field("phones", "phones", N_("All phones"), group=REACH, searchable=True),
    )
