"""What a billing provider does; the one that comes with Kith writes invoices and waits for an operator."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

from app.domain.billing.models import BillingAccount
from tenants.context import Tenant
from tenants.models import Plan


@dataclass(frozen=True)
class Charge:
    """`net` in the currency's smallest unit for `plan` from `first` to `last` day."""

    plan: Plan
    net: int
    first: date
    last: date


@dataclass(frozen=True)
class Settled:
    """What a provider tells about a charge, as its webhook or an operator does."""

    number: str
    outcome: Literal["paid", "void"]
    at: datetime


class Provider(Protocol):
    """Takes charges and tells what became of them. Every verb may be called again without doing more.

    Rules of when and how much stay here: see app.domain.billing.rules.
    """

    name: str

    def charge(self, tenant: Tenant, account: BillingAccount, charge: Charge, today: date) -> str:
        """Ask the company for money; the number by which `settle` knows it. Within `tenant`'s work."""
        ...

    def remind(self, tenant: Tenant, account: BillingAccount, number: str, today: date) -> None:
        """Ask once more."""
        ...

    def ended(self, tenant: Tenant, account: BillingAccount) -> None:
        """The company pays for nothing any more."""
        ...


_providers: dict[str, Provider] = {}


def register(provider: Provider) -> Provider:
    """Make a provider known by its name; returns it."""
    _providers[provider.name] = provider
    return provider


def named(name: str) -> Provider:
    """The provider of that name; KeyError for one that this release does not know."""
    return _providers[name]


def names() -> Mapping[str, Provider]:
    """All providers by name."""
    return _providers
