"""What was removed with a workspace: counts and moments, no content."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from app.core import process
from app.core.errors import NotFound
from tenants.models import Receipt
from tenants.session import session

FORMAT = "kith receipt 1"


def compose(
    receipt_id: UUID, tenant_id: UUID, removed: Mapping[str, Any], kept: Mapping[str, int], at: datetime
) -> dict[str, Any]:
    """The receipt as JSON; `digest` is the SHA-256 of all else with its keys sorted.

    Backups that were made before `at` hold the data until they expire, the last at `backups_until`.
    """
    told: dict[str, Any] = {
        "format": FORMAT,
        "id": str(receipt_id),
        "tenant": str(tenant_id),
        "removed_at": at.isoformat(timespec="seconds"),
        "removed": dict(removed),
        "kept": dict(kept),
        "backups_until": (at + timedelta(days=process.settings().backup_days)).isoformat(timespec="seconds"),
    }
    return {**told, "digest": digest(told)}


def digest(receipt: Mapping[str, Any]) -> str:
    """The SHA-256 of a receipt without its own `digest`, hexadecimal."""
    plain = {key: value for key, value in receipt.items() if key != "digest"}
    return hashlib.sha256(orjson.dumps(plain, option=orjson.OPT_SORT_KEYS)).hexdigest()


def get(receipt_id: UUID) -> dict[str, Any]:
    """A receipt by its id, which only those know who were told; raises NotFound."""
    found = session.get(Receipt, receipt_id)
    if found is None:
        raise NotFound
    return found.removed
