"""What the manifest of an archive must say before any of it is believed."""

from typing import Any
from uuid import UUID

from app.domain.lifecycle.archive import BadArchive
from tenants import names
from tenants.copying import arriving

FORMAT = 1
KIND = "kith company"

_UNREADABLE = "The manifest of this archive cannot be read."


def checked(manifest: dict[str, Any]) -> dict[str, Any]:
    """The manifest; raises BadArchive for what this release cannot bring back."""
    if manifest.get("kind") != KIND:
        raise BadArchive("This is no archive of a company.")
    if manifest.get("format") != FORMAT:
        raise BadArchive("This archive has a format that this release does not know. Update Kith first.")
    try:
        is_whole = _is_whole(manifest)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise BadArchive(_UNREADABLE) from error
    if not is_whole:
        raise BadArchive(_UNREADABLE)
    if not arriving.knows(manifest["revision"]):
        raise BadArchive(
            f"This archive was made by a newer release (revision {manifest['revision']})."
            " Update this installation, then bring it back."
        )
    return manifest


def _is_whole(manifest: dict[str, Any]) -> bool:
    tenant = manifest["tenant"]
    UUID(tenant["id"])
    names.tenant_name(tenant["schema"])
    tables = manifest["tables"]
    return (
        isinstance(manifest["revision"], str)
        and bool(tenant["name"])
        and _are_texts(manifest["later"])
        and _are_texts(manifest["missing"])
        and all(_is_table(each) for each in tables.values())
        and {f"rows/{name}.csv" for name in tables} | {"timers.csv", "people.json", "apps.json"}
        <= {each["name"] for each in manifest["entries"]}
    )


def _is_table(table: dict[str, Any]) -> bool:
    counted, total = table["rows"], table["checksum"]
    return _are_texts(table["columns"]) and isinstance(counted, int) and isinstance(total, str)


def _are_texts(found: object) -> bool:
    return isinstance(found, list) and all(isinstance(each, str) for each in found)
