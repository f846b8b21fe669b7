"""What a page offers: each address on it, and how it is asked."""

from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

METHODS = {"href": ("GET",), "action": (), "formaction": ("POST",)}
SCRIPTS = ("GET", "POST", "PATCH")


class Offers(HTMLParser):
    """Every address on a page with the methods it is asked by; forms that cannot be sent offer nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[tuple[str, tuple[str, ...]]] = set()
        self._form = ""

    @classmethod
    def of(cls, html: str) -> set[tuple[str, tuple[str, ...]]]:
        """What is offered there: (address, methods)."""
        found = cls()
        found.feed(html)
        return found.found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            is_post = told.get("method", "get").lower() == "post" and "inert" not in told
            self._form = told["action"] if is_post else ""
        if self._form and (_sends(tag, told) or "autosubmit" in told.get("data-controller", "")):
            self.found.add((self._form, ("POST",)))
        for name, value in told.items():
            if value.startswith("/") and (name in METHODS or name.startswith("data-")):
                self.found.add((value, METHODS.get(name, SCRIPTS)))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = ""


def routes_of(
    workspace: MapAdapter, address: str, methods: tuple[str, ...]
) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Where an address leads in a workspace, by each method: endpoint, method and values."""
    for method in methods:
        try:
            endpoint, values = workspace.match(urlsplit(address).path, method)
        except HTTPException:
            continue
        yield endpoint.removeprefix("workspace."), method, values


def _sends(tag: str, told: dict[str, str]) -> bool:
    return tag == "button" and told.get("type", "submit") == "submit" and "disabled" not in told
