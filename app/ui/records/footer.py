"""The last line of a table: how many rows there are, and what the amounts of those shown come to."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from markupsafe import Markup, escape

from app.records.reading import Count
from app.records.record import Record
from app.records.types import ObjectType
from app.ui.formats import Formats
from app.ui.say import gettext, midway


def counted(described: ObjectType, count: Count | None, write: Formats) -> str:
    """12 companies, 10,000+ contacts; nothing where nobody counted."""
    if count is None:
        return ""
    figure = write.number(count.value) + ("" if count.exact else "+")
    one = count.exact and count.value == 1
    return f"{figure} {midway(gettext(described.singular if one else described.plural))}"


def shown(described: ObjectType, count: Count | None, rows: int, write: Formats) -> str:
    """The count, and how many of them are on this page: the sums beside it are theirs."""
    told = counted(described, count, write)
    if count is None or count.value <= rows:
        return told
    return gettext("%(shown)s of %(count)s", shown=write.number(rows), count=told)


def sums(
    described: ObjectType,
    names: Sequence[str],
    rows: Sequence[Record],
    write: Formats,
    currency: str | None = None,
) -> Mapping[str, Markup]:
    """By field: the sum of the amounts shown, in each of at most two currencies. A unit price has no sum."""
    found = {}
    for name in names:
        field = described.by_name[name]
        if field.kind == "money" and (field.custom or name not in NO_SUM):
            amounts = [(row.get(name), row.get(field.currency or "currency", currency)) for row in rows]
            found[name] = total(amounts, write)
    return {name: told for name, told in found.items() if told}


NO_SUM = {"unit_price", "price"}
MOST_CURRENCIES = 2


def total(amounts: Sequence[tuple[Decimal | None, str | None]], write: Formats) -> Markup:
    """sum 1,171,928.80 EUR; nothing where there is no amount, or too many currencies to be told.

    Nought in no currency, as the sum over no records, adds nothing beside others.
    """
    by_currency: dict[str | None, Decimal] = {}
    for amount, currency in amounts:
        if amount is not None:
            by_currency[currency] = by_currency.get(currency, Decimal(0)) + amount
    if len(by_currency) > 1 and by_currency.get(None) == 0:
        del by_currency[None]
    if not by_currency or len(by_currency) > MOST_CURRENCIES:
        return Markup("")
    told = " + ".join(write.money(amount, currency) for currency, amount in by_currency.items())
    return escape(gettext("sum %(amount)s", amount=told))
