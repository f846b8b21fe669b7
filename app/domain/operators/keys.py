"""Stored secrets sealed anew after the data key changed: in the catalogue and in every company."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

import psycopg
from cryptography.fernet import InvalidToken
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from app.domain.messages.models import Mailbox
from tenants import catalogue, owner
from tenants.context import entered
from tenants.engines import engines
from tenants.session import session, unit_of_work

# Every column of the control database that holds something sealed.
SEALED = (("cells", "dsn_encrypted"), ("cells", "pooler_encrypted"), ("buckets", "password_encrypted"))
Told = Callable[[int, int], None]


@dataclass
class Sealed:
    """How many secrets were sealed anew, were fresh already, cannot be opened; companies that were away."""

    changed: int = 0
    fresh: int = 0
    closed: int = 0
    away: int = 0

    @property
    def is_complete(self) -> bool:
        """Whether everything that is stored is sealed with the newest key."""
        return not (self.closed or self.away)


def reseal(told: Told = lambda _done, _all: None) -> Sealed:
    """Seal every stored secret with the newest data key; as often as one likes, a killed one goes on.

    `told` hears how many of how many companies are done. Outside of any unit of work.
    """
    result = Sealed()
    _control(result)
    everybody = catalogue.all_tenants()
    for number, tenant in enumerate(everybody, 1):
        try:
            with entered(tenant), unit_of_work():
                _tenant(result)
        except OperationalError:
            result.away += 1
        told(number, len(everybody))
    return result


def droppable(seconds: int = 3600) -> list[UUID]:
    """Retired data keys that seal nothing stored any more, for so long that no process seals on with them."""
    used = set(_used())
    with owner.connect(engines().control_url, "kith keys") as control:
        rows = control.execute(
            "SELECT id FROM kith.data_keys WHERE retired_at < now() - make_interval(secs => %s)", [seconds]
        ).fetchall()
    return [row[0] for row in rows if row[0].hex not in used]


def _used() -> Iterator[str]:
    """The key of every stored secret; raises OperationalError where a cell is away: nobody knows then."""
    with owner.connect(engines().control_url, "kith keys") as control:
        for table, column in SEALED:
            for (sealed,) in control.execute(f"SELECT {column} FROM kith.{table}".encode()).fetchall():  # noqa: S608
                yield (sealed or "").partition(".")[0]
    for tenant in catalogue.all_tenants():
        with entered(tenant), unit_of_work(read_only=True):
            for sealed in session.scalars(select(Mailbox.secret_encrypted)):
                yield sealed.partition(".")[0]


def _control(result: Sealed) -> None:
    with owner.connect(engines().control_url, "kith keys") as control:
        for table, column in SEALED:
            query = f"SELECT DISTINCT {column} FROM kith.{table} WHERE {column} IS NOT NULL".encode()  # noqa: S608
            for (sealed,) in control.execute(query).fetchall():
                if (fresh := _fresh(sealed, result)) is not None:
                    _replace(control, table, column, sealed, fresh)


def _replace(control: psycopg.Connection[tuple[object, ...]], table: str, column: str, *values: str) -> None:
    """Only where it is still what was opened: somebody may have changed it meanwhile."""
    sealed, fresh = values
    statement = f"UPDATE kith.{table} SET {column} = %s WHERE {column} = %s".encode()  # noqa: S608
    control.execute(statement, [fresh, sealed])


def _tenant(result: Sealed) -> None:
    for mailbox_id, sealed in session.execute(select(Mailbox.id, Mailbox.secret_encrypted)).all():
        if sealed and (fresh := _fresh(sealed, result)) is not None:
            mine = update(Mailbox).where(Mailbox.id == mailbox_id, Mailbox.secret_encrypted == sealed)
            session.execute(mine.values(secret_encrypted=fresh))


def _fresh(sealed: str, result: Sealed) -> str | None:
    vault = engines().vault
    if vault.is_fresh(sealed):
        result.fresh += 1
        return None
    try:
        fresh = vault.seal(vault.open(sealed))
    except InvalidToken:
        result.closed += 1
        return None
    result.changed += 1
    return fresh
