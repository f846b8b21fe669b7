"""What a view says about itself and its door's guard goes by; unmarked means closed."""

from collections.abc import Callable
from typing import Any, Literal, TypeVar

from flask import Flask

from app.domain.plans import policy
from tenants.context import Tenant

# Methods that change nothing (RFC 9110 section 9.2.1), as far as we know them.
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

View = TypeVar("View", bound=Callable[..., Any])
Mark = Literal["public", "redeems_code", "unproven", "always"]


def public(view: View) -> View:
    """Opens a page to everyone; without it a door asks for somebody who is signed in."""
    return _marked(view, "public")


def redeems_code(view: View) -> View:
    """Marks a GET that takes or gives a one-time code, of a session or an app: only such a GET writes."""
    return _marked(view, "redeems_code")


def unproven(view: View) -> View:
    """Marks a view that programs call: it reads no cookie, so no page can abuse one."""
    return _marked(view, "unproven")


def always(view: View) -> View:
    """Marks an act that is allowed also while nothing else may change: leaving, safety, paying, exports."""
    return _marked(view, "always")


def has(app: Flask, endpoint: str | None, mark: Mark) -> bool:
    """Whether the view behind `endpoint` carries `mark`."""
    return mark in getattr(app.view_functions.get(endpoint or ""), "marks", frozenset())


def check(app: Flask, tenant: Tenant, endpoint: str | None, method: str) -> None:
    """Raise Held where the company's state forbids this request, apart from whether anybody may be in."""
    takes_code = has(app, endpoint, "redeems_code")
    is_always = takes_code or has(app, endpoint, "always")
    policy.require_act(tenant, is_read=method in SAFE and not takes_code, is_always=is_always)


def _marked(view: View, mark: Mark) -> View:
    view.marks = getattr(view, "marks", frozenset()) | {mark}  # type: ignore[attr-defined]
    return view
