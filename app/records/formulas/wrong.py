"""What is wrong with a formula, where, and what to do."""

from collections.abc import Mapping
from typing import Any


class WrongFormula(Exception):
    """A formula that is none: `message` is a msgid, `data` its values, `at` where among its characters."""

    def __init__(self, code: str, message: str, at: int, **data: Any) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.at = at
        self.data: Mapping[str, Any] = data


class NoValue(Exception):
    """A formula that gives no value for one record; `reason` is one of REASONS of `running`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
