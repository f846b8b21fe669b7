"""What people do about duplicates: merge two records, take that back, say that they are not the same."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from app.core.actor import Actor
from app.core.errors import Invalid
from app.core.text import N_
from app.domain.duplicates import accounts, pairs
from app.domain.duplicates.objects import may_merge
from app.records.joining import merge as joining
from app.records.joining import undoing
from app.records.rights import allowed

NOT_MERGEABLE = N_("Records of this kind tell what happened and are not merged.")
CONSENTS = ("mail_consent", "call_consent")


def merge(
    actor: Actor,
    object_name: str,
    keep_id: UUID,
    drop_id: UUID,
    choices: Mapping[str, Any] | None = None,
    *,
    versions: tuple[int, int] | None = None,
) -> bool:
    """Let one record stay for both, with all that belongs to either; False where that was done before.

    `choices` maps fields to keep or drop; without a choice the kept record's value stays, and what it lacks
    is filled from the other. A refusal stands unless it is chosen away. The other lies in the trash
    afterwards and leads to the kept one; within 30 days `unmerge` takes it back. Raises Conflict where the
    two are not at `versions`, or where both can sign in to the portal.
    """
    described = allowed(actor, object_name, "write")
    if not may_merge(described):
        raise Invalid.one("with", "not_mergeable", NOT_MERGEABLE)
    if not joining.is_to_do(described, keep_id, drop_id):
        return False
    keep, drop = joining.both(actor, described, keep_id, drop_id)
    told: dict[str, Any] = {}
    if object_name == "contacts":
        choices = {**defaults(object_name, keep, drop), **(choices or {})}
        told = accounts.settle(keep_id, drop_id)
    return joining.merge(actor, object_name, keep_id, drop_id, choices, versions=versions, told=told)


def unmerge(actor: Actor, object_name: str, drop_id: UUID) -> UUID:
    """Both records as they were before the merge of `drop`; the id of the one that had been kept.

    What was added to that one since stays with it. Raises Conflict that names what was changed since.
    """
    keep_id, told = undoing.unmerge(actor, object_name, drop_id)
    accounts.unsettle(told)
    return keep_id


def keep_apart(actor: Actor, object_name: str, one: UUID, other: UUID) -> None:
    """Remember that the two are not the same: they are not offered again."""
    described = allowed(actor, object_name, "write")
    pairs.set_apart(actor, described, one, other)


def defaults(object_name: str, keep: Mapping[str, Any], drop: Mapping[str, Any]) -> dict[str, str]:
    """What is chosen where nobody chooses: who said no to mails or calls is not asked again by a merge."""
    if object_name != "contacts":
        return {}
    return {n: "drop" for n in CONSENTS if drop.get(n) == "refused" and keep.get(n) != "refused"}
