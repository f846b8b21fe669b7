"""Small files that show what a table may hold."""

from collections.abc import Iterator

from app.domain.imports.targets import EXTERNAL, targets
from app.records import registry
from app.records.fields import CONSENT
from app.records.types import Field

_EXAMPLES = {
    "email": ("anna@example.com", "ben@example.org"),
    "phone": ("+49 30 1234567", "+44 20 7946 0958"),
    "domain": ("example.com", "example.org"),
    "url": ("https://example.com", "https://example.org"),
    "number": ("2", "10"),
    "money": ("1234.50", "99.00"),
    "percent": ("0.1", "0"),
    "date": ("2026-03-31", "2026-12-24"),
    "datetime": ("2026-03-31 09:30", "2026-12-24 14:00"),
    "boolean": ("yes", "no"),
    "country": ("DE", "GB"),
    "currency": ("EUR", "GBP"),
}
_BY_NAME = {
    "first_name": ("Anna", "Ben"),
    "last_name": ("Example", "Sample"),
    "name": ("Example GmbH", "Sample Ltd"),
    "city": ("Berlin", "London"),
    "street": ("Hauptstr. 1", "1 High Street"),
    "postcode": ("10115", "SW1A 1AA"),
    "number": ("1001", "1002"),
    "sku": ("A-100", "A-200"),
    "subject": ("First example", "Second example"),
    "income": ("", ""),
}
# Relations that make what they do not find; others stay empty, so that the sample itself can be imported.
_MADE = {("contacts", "company_id"): ("Example GmbH", "Sample Ltd")}


def sample_rows(object_name: str) -> Iterator[list[str]]:
    """The names of the columns, then two rows; NotFound for an unknown object."""
    registry.get(object_name)
    fields = [
        target.field for target in targets(object_name).values() if target.field and not target.companion
    ]
    shown = [field for field in fields if field.group != CONSENT and not field.personal]
    yield [EXTERNAL, *(field.name for field in shown)]
    for place in (0, 1):
        yield [str(place + 1), *(_example(object_name, field, place) for field in shown)]


def _example(object_name: str, field: Field, place: int) -> str:
    if field.offered:
        return str(field.offered[min(place, len(field.offered) - 1)].value)
    if field.relates_to:
        return _MADE.get((object_name, field.name), ("", ""))[place]
    known = _BY_NAME.get(field.name) or _EXAMPLES.get(field.kind)
    return known[place] if known else ""
