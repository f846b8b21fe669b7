"""A company with something of everything, taken out to a file and brought back."""

from pathlib import Path
from typing import Any

from app.core import storage
from app.core.queue import enqueue
from app.domain.files.models import File
from app.domain.lifecycle import exporting
from app.domain.members.models import Grant
from app.records import writing
from tenants.context import Tenant, entered
from tenants.copying.links import opened
from tenants.copying.sums import Sum, of_tables
from tenants.engines import engines
from tenants.session import session, unit_of_work
from tests.cast import ANN, Workspace

PICTURE = b"bytes of a picture" * 1000


def furnish(workspace: Workspace) -> None:
    """Contacts with awkward texts, a file, a timer and a secret."""
    actor = workspace.actor(ANN)
    with entered(workspace.tenant), unit_of_work():
        made = writing.create(actor, "companies", {"name": 'Öl, "Teer" & Söhne\n', "domain": "oel.example"})
        for number, name in enumerate(("\\.", "NULL", "=1+1", "Zoë\tLind", "x" * 150)):
            contact = {"last_name": name, "company_id": made.id, "email": f"a{number}@oel.example"}
            writing.create(actor, "contacts", contact)
        for name in ("Öl.png", "Teer.png"):
            key = storage.new_key()
            storage.put(key, PICTURE)
            session.add(
                File(object="companies", record_id=made.id, name=name, storage_key=key, state="ready")
            )
        enqueue("upkeep.daily", {"a": 1}, key="the timer")


def take(tenant: Tenant, path: Path) -> dict[str, Any]:
    """Export `tenant` to `path`, a file at a time; the state at the end."""
    with path.open("wb") as sink, unit_of_work(read_only=True):
        state = exporting.begin(tenant, sink)
        while exporting.advance(state, sink, lambda: True):
            pass
    return state


def totals(tenant: Tenant) -> dict[str, Sum]:
    """What the tenant's tables add up to, as they leave."""
    with opened(engines().cell_url(tenant.cell), tenant.schema) as owner:
        return of_tables(owner, exporting.leaving_tables(owner, tenant.schema))


def secrets_of(tenant: Tenant) -> int:
    """How many rows let somebody in."""
    with entered(tenant), unit_of_work(read_only=True):
        return session.query(Grant).count()
