"""What happens to apps, in the workspace's log."""

from typing import Any

from app.core.actor import Actor
from app.core.permissions import EVERYTHING
from app.domain.apps.models import App
from app.records.facts import record

OBJECT = "apps"
KITH = Actor(kind="system", id=None, name="Kith", door="api", permissions=EVERYTHING)


def note(actor: Actor, verb: str, app: App, **data: Any) -> None:
    """Record what `actor` did about an app."""
    record(actor, verb, OBJECT, app.id, app.name, data={"client_id": app.client_id} | data)
