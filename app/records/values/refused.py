"""The one way in which a value is not taken."""

from typing import Any


class Refused(Exception):
    """A value that does not fit: a code, and a msgid that says the remedy with its named data."""

    def __init__(self, code: str, message: str, **data: Any) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.data = data
