"""Members with limits of their own are offered what they may do and nothing else: each offer is tried."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask import Flask

from app.core.grants import ANY, VERBS
from app.domain.members.roles import Told
from tests.architecture.entries import ENTRIES
from tests.architecture.furnished import ABILITIES, PEOPLE, Furnished, furnish, role
from tests.cast import Workspace
from tests.conftest import S3
from tests.visitor import Visitor
from tests.web.offers import Offers, routes_of

PARTS = ("tab", "trash", "box")
# Each of another sort: a customer, a person, what is dealt with, what goes wrong, a part of others.
OBJECTS = frozenset({"companies", "contacts", "orders", "incidents", "activities"})
REFUSED = {403, 404, 405, 500}
# Lets the browser out, or is no page of this host.
OUT = frozenset({"leave_workspace", "end_other_sessions", "end_one_session"})

Kind = tuple[object, ...]


def told(level: str, *abilities: str, **verbs: str) -> Told:
    """A role with every verb at one level, some at others."""
    return Told("Role", objects={ANY: {**dict.fromkeys(VERBS, level), **verbs}}, permissions=abilities)


ROLES = {
    "own only": told("own", *ABILITIES),
    "looks": told("all", create="none", update="none", delete="none", export="none"),
    "changes own": told("all", *ABILITIES, create="none", update="own", delete="own"),
    "adds": told("all", *ABILITIES, update="none", delete="none", export="own"),
}


class Walk:
    """What Bob reaches from the first page, each kind of page once for whose record it is about."""

    def __init__(self, app: Flask, bob: Visitor, furnished: Furnished) -> None:
        self._bob = bob
        self._map = app.url_map.bind("localhost:8000", subdomain="nordwind")
        self._whose = {str(each): who for who in PEOPLE for each in furnished.ids(who)}
        self._known: set[Kind] = set()
        self.opened = 0
        self.refused: list[str] = []

    def go(self) -> None:
        """Open all pages, then do all that they offered."""
        waiting, acts = [("", "GET", "/")], list[tuple[str, str, str]]()
        while waiting:
            offer = waiting.pop()
            answer = self._bob.get(offer[2])
            self._note(offer, answer.status_code, REFUSED)
            if answer.status_code == 200 and answer.mimetype == "text/html":
                self.opened += 1
                new = list(self._offered(offer[2], answer.text))
                waiting += [each for each in new if each[1] == "GET"]
                acts += [each for each in new if each[1] != "GET"]
        token = self._bob.token()
        headers = {"X-CSRF-Token": token, "Origin": self._bob.host, "Sec-Fetch-Site": "same-origin"}
        # What cannot be is said in a line: of hundreds of whole pages nobody looks at one.
        headers["Accept"] = "application/json"
        for offer in acts:
            _, method, address = offer
            done = self._bob._open(method, address, data={"value": "1"}, headers=headers)
            # What an earlier act took away is not there any more.
            self._note(offer, done.status_code, {403})

    def _note(self, offer: tuple[str, str, str], status: int, refused: set[int]) -> None:
        if status in refused:
            self.refused.append(f"{' '.join(offer)} {status}")

    def _offered(self, path: str, html: str) -> Iterator[tuple[str, str, str]]:
        """What the page offers and no page before it did."""
        for address, methods in sorted(Offers.of(html)):
            if method := self._new(address, methods):
                yield path, method, address

    def _new(self, address: str, methods: tuple[str, ...]) -> str:
        """How this address is asked; empty where it or one like it was asked before."""
        for name, method, values in routes_of(self._map, address, methods):
            asked = dict(parse_qsl(urlsplit(address).query))
            whose = tuple(self._whose.get(str(each), "") for each in values.values())
            part = tuple(asked.get(each) for each in PARTS)
            kind = (name, method, values.get("described"), values.get("action"), part if any(part) else whose)
            is_looked_at = "described" not in values or re.split(r"\W", address)[1] in OBJECTS
            is_asked = (name, method) in ENTRIES and name not in OUT
            is_new = is_asked and is_looked_at and kind not in self._known
            self._known.add(kind)
            return method if is_new else ""
        return ""


@pytest.mark.long
@pytest.mark.parametrize("limits", ROLES)
def test_each_offer_to_a_member_with_limits_is_kept(
    app: Flask, nordwind: Workspace, s3: S3, limits: str
) -> None:
    furnished = furnish(app, nordwind)
    bob, _ = role(app, furnished, ROLES[limits])
    walk = Walk(app, bob, furnished)
    walk.go()
    assert walk.refused == []
    assert walk.opened > 30


def test_only_cells_of_what_one_may_change_are_edited(app: Flask, nordwind: Workspace, s3: S3) -> None:
    furnished = furnish(app, nordwind)
    bob, _ = role(app, furnished, ROLES["changes own"])
    rows = re.findall(r'<tr id="row-([0-9a-f-]+)"(.*?)</tr>', bob.get("/companies").text, re.DOTALL)
    edited = {record_id: "data-edit=" in cells for record_id, cells in rows}
    assert edited == {
        str(owned.records["companies"]): whose == "own" for whose, owned in furnished.owned.items()
    }
