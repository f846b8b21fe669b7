"""What a new record begins with, as the form of a field shows it."""

from decimal import Decimal, InvalidOperation
from typing import Any

from app.domain.modelling.rules import FieldWish
from app.records.types import Field
from app.ui.formats import Formats
from app.ui.records.values import raw


def default_shown(wish: FieldWish, formats: Formats) -> str:
    """The default as an input holds it: figures as the reader writes them."""
    value: Any = wish.default_value
    if value is None or isinstance(value, list):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if wish.kind in ("number", "money", "percent"):
        try:
            return raw(Field("", wish.kind, ""), Decimal(str(value)), formats)  # type: ignore[arg-type]
        except InvalidOperation:
            pass
    return str(value)
