"""What a view of the API asks of the token, said beside the view and held by the door's guard."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flask import Flask

from app.records.types import ObjectType
from app.ui import marks

View = TypeVar("View", bound=Callable[..., Any])
VERBS = frozenset({"read", "write", "delete"})


def needs(*permissions: str) -> Callable[[View], View]:
    """Lets in tokens that hold these: names of scopes, or read, write, delete of the object in the path."""

    def mark(view: View) -> View:
        view.needs = permissions  # type: ignore[attr-defined]
        return marks.unproven(view)

    return mark


def any_token(view: View) -> View:
    """Lets in every token that is good; what it may see is decided further down."""
    return needs()(view)


def everybody(view: View) -> View:
    """Needs no token."""
    return marks.public(marks.unproven(view))


def needed(app: Flask, endpoint: str, arguments: Mapping[str, Any]) -> tuple[str, ...]:
    """The scopes that a request to `endpoint` takes; raises LookupError for a view that says nothing."""
    view = app.view_functions[endpoint]
    permissions: tuple[str, ...] | None = getattr(view, "needs", None)
    if permissions is None:
        raise LookupError(f"{endpoint} does not say what it needs")
    return tuple(_scope(each, arguments.get("described")) for each in permissions)


def _scope(permission: str, described: ObjectType | None) -> str:
    return described.permission(permission) if described and permission in VERBS else permission
