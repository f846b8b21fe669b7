"""What the state of a tenant allows, asked at every door and by every job."""

CLOSED = frozenset({"frozen", "suspended", "moving", "deleting"})
READ_ONLY = frozenset({"past_due", "read_only"})


def may_enter(state: str) -> bool:
    """Whether anybody may see the workspace at all."""
    return state not in CLOSED


def may_write(state: str) -> bool:
    """Whether anything in the workspace may change."""
    return may_enter(state) and state not in READ_ONLY
