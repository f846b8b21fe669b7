"""Lists that no index helps with: each is answered within a second, or refused with what to do."""

from collections.abc import Iterator
from urllib.parse import urlencode

from app.bench.foundation import Figure
from app.bench.records_asking import ask
from app.bench.records_ground import Office
from app.bench.records_times import Times
from app.records import keyset, patience, registry
from stack.errors import StackError

_BAR = 1_000
# Conditions that few records or none meet, in an order that does not help.
FILTERS = (
    "filter[description][contains]=nobody",
    "filter[street][contains]=straße 17",
    "filter[street]=Berg 5",
    "filter[x_badge][starts]=B-12345",
    "filter[x_badge][ne]=B-1234567",
    "filter[birthday][between]=1970-01-01..1970-01-02",
    "filter[name][contains]=rosenheim",
    "filter[emails][contains]=rosenheim",
    "filter[x_segment]=public&filter[country]=US&filter[postcode][starts]=99",
    "filter[birthday][empty]=&filter[x_renewal][empty]=&filter[postcode]=12345",
    "filter[occupation][not_empty]=",
)


def figures(office: Office) -> Iterator[Figure]:
    """The longest answer, and how many of them were a refusal."""
    times, refused = Times(), 0
    for asked in _asked(office):
        answer = times.take(asked, lambda asked=asked: ask(office, asked))  # type: ignore[misc]
        if answer.status != 200 and patience.CODE.encode() not in answer.body:
            raise StackError(f"{asked} answered {answer.status}: {answer.body[:300]!r}")
        refused += answer.status != 200
    yield Figure("lists that no index helps with", len(times.wall), "lists")
    yield Figure("of them refused with the remedy", refused, "lists")
    yield Figure("the longest of them", max(times.wall), "ms", _BAR)
    for spent, what in times.slowest if max(times.wall) > _BAR else ():
        yield Figure(f"  slow: {what}", spent, "ms")


def _asked(office: Office) -> list[str]:
    with office.at_work():
        fields = registry.get("contacts").by_name.values()
        sorts = [each.name for each in fields if keyset.is_ordered(each) and not each.sortable]
    asked = [{"sort": sign + name} for name in sorts for sign in ("", "-")]
    paths = [*(urlencode(each) for each in asked), *FILTERS, *(f"{each}&sort=city" for each in FILTERS)]
    return [f"/api/v1/contacts?{each}&limit=50" for each in paths]
