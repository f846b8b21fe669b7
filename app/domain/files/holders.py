"""What files hang on: any record of the engine, and whatever else a feature announces here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from app.core.actor import Actor
from app.core.errors import NotFound
from app.records import pointing, reading, registry, scope
from app.records.record import Record
from app.records.rights import allowed


@dataclass(frozen=True)
class Held:
    """What holds a file: its title, and whose timelines tell of the file; none where nothing is told."""

    title: str
    about: Sequence[UUID] = ()


@dataclass(frozen=True)
class Holder:
    """How a feature answers whether an actor may read, or add to, one of its things.

    Both raise NotFound for what may not be seen, `write` raises NotAllowed for what may only be seen.
    """

    read: Callable[[Actor, UUID], Held]
    write: Callable[[Actor, UUID], Held]


_holders: dict[str, Holder] = {}


def register(name: str, holder: Holder) -> None:
    """Let files hang on things called `name` that are no records of the engine, as messages."""
    _holders[name] = holder


def readable(actor: Actor, name: str, record_id: UUID) -> Held:
    """The thing, where `actor` may read it; else NotFound."""
    if name in _holders:
        return _holders[name].read(actor, record_id)
    # What lies in a company's trash is there for its members only.
    return _held(reading.fetch(actor, name, record_id, trashed=actor.kind != "customer"))


def writable(actor: Actor, name: str, record_id: UUID) -> Held:
    """The thing, where `actor` may add to it; NotFound where it may not be seen, else NotAllowed."""
    if name in _holders:
        return _holders[name].write(actor, record_id)
    if actor.kind != "customer":
        allowed(actor, name, "write")
    elif (customers := registry.get(name).customers) is None or not customers.creates:
        # What customers may report, they may show; an order or a delivery is the company's to furnish.
        raise NotFound(name)
    held = _held(reading.fetch(actor, name, record_id))
    scope.permit(actor, registry.get(name), "update", [record_id])
    return held


def _held(record: Record) -> Held:
    described = registry.get(record.object)
    return Held(record.title, [record.id, *pointing.whole(described, record.id).values()])
