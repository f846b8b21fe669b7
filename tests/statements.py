"""Counting the statements that a block of code sends."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

# A connection that is old, or has met enough companies, is replaced whenever that is: who asks for the
# password of the new one says nothing about the block.
_OPENING = "SELECT b.password_encrypted"


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that are sent within the block, in their order."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith(_OPENING):
            sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)
