"""Who acts, through which door, with which rights."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from app.core.grants import Grants

Kind = Literal["member", "customer", "client", "system", "support"]
Door = Literal["web", "portal", "api", "import", "mail", "clock", "command", "demo"]


@dataclass(frozen=True)
class Actor:
    """One who acts within the current tenant.

    `id` is the member's, contact's or client's id, for support that of its visit; none for the system.
    A customer's `company_id` is the company he works for; `sees_company` lets him see its dealings beside his
    own. `grants` are limits within the permissions, None where there are none: every record, every field.
    """

    kind: Kind
    id: UUID | None
    name: str
    door: Door
    permissions: frozenset[str]
    role: str = ""
    identity_id: UUID | None = None
    request_id: str | None = None
    language: str = "en"
    time_zone: str | None = None
    company_id: UUID | None = None
    sees_company: bool = False
    grants: Grants | None = None

    @property
    def member_id(self) -> UUID | None:
        """The member who acts, or none."""
        return self.id if self.kind == "member" else None
