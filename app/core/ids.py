"""Ids of records: UUID version 7 (RFC 9562), so that they sort by the time they were made."""

import os
import time
from uuid import UUID


def new_id() -> UUID:
    """A fresh UUIDv7: 48 bits of Unix milliseconds, 12 of the part of one that is over, then 62 random bits.

    So what is made one after the other within a millisecond sorts so too, as it does where PostgreSQL makes
    the ids (RFC 9562, section 6.2, method 3).
    """
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    made = milliseconds << 80 | 0x7 << 76 | (rest << 12) // 1_000_000 << 64 | 0x2 << 62
    return UUID(int=made | int.from_bytes(os.urandom(8), "big") >> 2)


def parse_id(text: str) -> UUID | None:
    """The id written in `text`, or None where it is none."""
    try:
        return UUID(text)
    except (ValueError, AttributeError, TypeError):
        return None
