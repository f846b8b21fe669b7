"""One record as it leaves the engine."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True)
class Record:
    """A record: its fields by name, and in `labels` what its relations and members are called.

    `names` are those of the records that a field holds several of, in their order.
    """

    object: str
    id: UUID
    version: int
    title: str
    values: Mapping[str, Any]
    labels: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def created_at(self) -> datetime | None:
        """When it came into Kith; None where the list did not ask for it."""
        return self.values.get("created_at")

    @property
    def updated_at(self) -> datetime | None:
        """When it was last changed; None where the list did not ask for it."""
        return self.values.get("updated_at")

    @property
    def updated_by(self) -> UUID | None:
        """The member who last changed it; `labels["updated_by"]` is the name."""
        return self.values.get("updated_by")

    @property
    def deleted_at(self) -> datetime | None:
        """When it went to the trash."""
        return self.values.get("deleted_at")

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def __contains__(self, name: Any) -> bool:
        return name in self.values

    def get(self, name: str, otherwise: Any = None) -> Any:
        """The field's value, or `otherwise` where the record has no such field here."""
        return self.values.get(name, otherwise)
