"""Counting the statements that a block of code sends."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

# A connection that is old, or has met enough companies, is replaced whenever that is: who asks for the
# password of the new one says nothing about the block.
_OPENING = "SELECT b.password_encrypted"


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that this thread sends within the block, in their order."""
    sent: list[str] = []
    own = threading.get_ident()

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if threading.get_ident() == own and not statement.startswith(_OPENING):
            sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)
