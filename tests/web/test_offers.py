"""No page offers what would be refused: whoever may not do a thing now sees no button for it."""

from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask import Flask

from app.ui import marks
from tenants import catalogue, provisioning
from tests.architecture.entries import ENTRIES, RANKS
from tests.architecture.routes import fill
from tests.cast import ANN, BOB, RALF, Person, Workspace
from tests.conftest import S3
from tests.visitor import Visitor, signed_in
from tests.web.offers import Offers, routes_of

# What of an address makes another part of its page; what sorts, filters and pages does not.
PARTS = ("tab", "trash", "sort", "box")
# Pages that are nothing but a form.
FORMS = frozenset(
    "new_record edit_record field_control new_import new_app edit_app new_mailbox new_mail".split()
)
ORDER: tuple[str, ...] = RANKS
# Needs a rank for others, and none for oneself: to leave.
ONES_OWN = frozenset({"remove_member"})
# Whoever sees records may take them along, whatever else cannot be done to many of them.
TAKEN_ALONG = "/bulk/export"

Route = tuple[str, str, str]
"""Endpoint, method and object."""


class Walk:
    """The pages that one browser reaches from the first one, each kind once, and what they offer."""

    def __init__(self, app: Flask, visitor: Visitor) -> None:
        self._app, self._visitor = app, visitor
        self._map = app.url_map.bind("localhost:8000", subdomain="nordwind")
        self._kinds: set[object] = set()
        self._opened: set[str] = set()

    def refused(self, role: str, *, is_still: bool) -> list[str]:
        """What is offered somewhere and would be refused to somebody of that role, and where."""
        told, waiting = [], ["/"]
        while waiting:
            path = waiting.pop()
            answer = self._visitor.get(path)
            if answer.status_code != 200 or answer.mimetype != "text/html":
                continue
            self._opened.add(path)
            for address, methods in sorted(Offers.of(answer.text)):
                if address.partition("?")[0].endswith(TAKEN_ALONG):
                    continue
                routes = list(self._routes(address, methods))
                if routes and not any(self._is_let(route, role, is_still) for route in routes):
                    told.append(f"{path}: {' '.join(methods)} {address}")
                waiting.extend(address for route in routes if self._is_new(address, route))
        return told

    def opened(self) -> int:
        """How many pages were looked at."""
        return len(self._opened)

    def _routes(self, address: str, methods: tuple[str, ...]) -> Iterator[Route]:
        for name, method, values in routes_of(self._map, address, methods):
            if (name, method) in ENTRIES:
                yield name, method, address.split("/")[1] if "described" in values else ""

    def _is_let(self, route: Route, role: str, is_still: bool) -> bool:
        name, method, _ = route
        may = RANKS.index(ENTRIES[name, method].rank) <= ORDER.index(role) or name in ONES_OWN
        is_act = method != "GET" or name in FORMS
        return may and not (is_still and is_act and not marks.has(self._app, f"workspace.{name}", "always"))

    def _is_new(self, address: str, route: Route) -> bool:
        """Whether it is a page of a kind not looked at: another route, of another object, or another part."""
        name, method, described = route
        if method != "GET" or ENTRIES[name, "GET"].leaves:
            return False
        asked = dict(parse_qsl(urlsplit(address).query))
        kinds = {(name, described), *((name, each, asked[each]) for each in PARTS if each in asked)}
        is_new = bool(kinds - self._kinds)
        self._kinds |= kinds
        return is_new


@pytest.mark.parametrize(
    ("who", "state"), [(RALF, "active"), (BOB, "active"), (ANN, "read_only"), (BOB, "read_only")]
)
def test_nothing_is_offered_that_would_be_refused(
    app: Flask, nordwind: Workspace, s3: S3, who: Person, state: str
) -> None:
    fill(app, nordwind, ANN, BOB)
    walk = Walk(app, signed_in(app, nordwind, who))
    provisioning.set_state(nordwind.tenant, state)
    catalogue.forget()
    try:
        assert walk.refused(who.role, is_still=state == "read_only") == []
    finally:
        provisioning.set_state(nordwind.tenant, "active")
    assert walk.opened() > 40


def test_who_follows_an_old_link_learns_that_nothing_can_be_changed(
    app: Flask, nordwind: Workspace, ann: Visitor, ralf: Visitor
) -> None:
    provisioning.set_state(nordwind.tenant, "read_only")
    catalogue.forget()
    told = ann.get("/contacts/new")
    assert (told.status_code, "nur lesen" in told.text) == (403, True)
    provisioning.set_state(nordwind.tenant, "active")
    catalogue.forget()
    assert ann.get("/contacts/new").status_code == 200
    assert "nur lesen" not in ralf.get("/contacts/new").text
