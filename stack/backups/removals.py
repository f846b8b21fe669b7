"""Which tenants were removed for good, told to the backups: what comes back with a restore goes again."""

import json
from collections.abc import Sequence
from pathlib import Path

import psycopg

from stack.backups.places import Place

NAME = "removed.json"
_AGAIN = """
UPDATE kith.tenants SET state = 'deleting', delete_after = now(), state_changed_at = now()
 WHERE id = ANY (%s::uuid[]) AND slug IS NOT NULL RETURNING slug
"""


def tell(place: Place, scratch: Path, ids: Sequence[str]) -> None:
    """Leave the ids of all tenants that were ever removed."""
    scratch.mkdir(parents=True, exist_ok=True, mode=0o700)
    told = scratch / NAME
    told.write_text(json.dumps(sorted(ids)))
    place.put(NAME, told, replace=True)


def known(place: Place, scratch: Path) -> list[str]:
    """The ids that were left, none where none ever were."""
    if not place.entries(NAME):
        return []
    scratch.mkdir(parents=True, exist_ok=True, mode=0o700)
    copy = scratch / NAME
    place.fetch(NAME, copy)
    found: list[str] = json.loads(copy.read_text())
    copy.unlink()
    return found


def remove_again(control_url: str, ids: Sequence[str]) -> list[str]:
    """Let the restored catalogue remove those that it has again; their addresses."""
    with psycopg.connect(control_url, autocommit=True) as control:
        return [slug for (slug,) in control.execute(_AGAIN, [list(ids)]).fetchall()]
