"""What a customer is told about the data that a company holds on him."""

from app.core.actor import Actor
from app.records import reading, registry
from app.records.reading import Query

COUNTED = ("orders", "deliveries", "incidents", "cases")
DESCRIBED = ("contacts", "companies")


def counts(actor: Actor) -> list[tuple[str, int]]:
    """How many records of each kind the customer sees, by the object's name."""
    found = []
    for name in COUNTED:
        page = reading.page(actor, name, Query(limit=1, fields=()))
        found.append((name, page.count.value if page.count else 0))
    return found


def hidden_fields() -> int:
    """How many fields about a person or a company are the company's own notes, which no customer sees."""
    fields = (field for name in DESCRIBED for field in registry.get(name).fields)
    return sum(field.visibility != "shared" for field in fields)
