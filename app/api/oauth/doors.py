"""The blueprint of the authorization server on the base host, and what its answers to programs carry."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Blueprint, Response, current_app, request

from app.domain.plans import policy
from app.ui import marks

View = TypeVar("View", bound=Callable[..., Any])

oauth = Blueprint("oauth", __name__)
_programs: set[str] = set()


def for_programs(view: View) -> View:
    """Marks a view for programs, also scripts of any site: it reads no cookie, so nothing can be abused."""
    _programs.add(f"{oauth.name}.{view.__name__}")
    return marks.unproven(view)


def issuer() -> str:
    """Who gives the tokens: the base address (RFC 8414 section 2)."""
    base_url: str = current_app.extensions["kith"].base_url
    return base_url


@oauth.before_request
def _hold() -> None:
    policy.require_open()


@oauth.after_request
def _open_to_scripts(response: Response) -> Response:
    """CORS for programs, and for nothing that a person looks at (OAuth 2.1 section 3.2)."""
    if request.endpoint in _programs:
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Allow-Methods"] = "GET, POST, OPTIONS"
        response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
        response.headers["Access-Control-Max-Age"] = "600"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
