"""The isolation matrix: every route of the workspace, tried by everybody who has no business there."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.architecture.entries import ENTRIES, RANKS, Rank
from tests.architecture.routes import Owned, Request, fill, requests, rules
from tests.cast import ANN, BOB, KIM, LEO, RALF, RITA, Person, Workspace
from tests.conftest import S3
from tests.visitor import Visitor, host_of, signed_in

# What differs between two answers that tell the same.
# Ids, tokens, and the cursor that moves with every transaction of the server.
_CHANCE = re.compile(
    r'[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{16,}|[\w-]{16}\.[0-9a-f]{64}|(?<=live-cursor-value=")[\w-]+'
)
OUT = {301, 302, 303, 401, 403}


@pytest.fixture
def of_nordwind(app: Flask, nordwind: Workspace, s3: S3) -> Owned:
    return fill(app, nordwind, ANN, BOB)


@pytest.fixture
def of_kestrel(app: Flask, kestrel: Workspace) -> Owned:
    return fill(app, kestrel, KIM, LEO)


def ask(visitor: Visitor, request: Request, **headers: str) -> TestResponse:
    if request.method == "GET":
        return visitor.get(request.path, headers=headers)
    if request.method == "PATCH":
        proof = {"X-CSRF-Token": visitor.token(), "Origin": visitor.host}
        return visitor._open("PATCH", request.path, data={"value": "1"}, headers=proof | headers)
    return visitor.post(request.path, headers=headers)


def told(answer: TestResponse) -> str:
    return _CHANCE.sub("·", answer.text)


def test_every_route_has_an_entry(app: Flask) -> None:
    known = {
        (rule.endpoint.removeprefix("workspace."), method)
        for rule in rules(app)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert known == set(ENTRIES)


def test_foreign_things_look_like_no_things(
    app: Flask, nordwind: Workspace, kestrel: Workspace, of_nordwind: Owned
) -> None:
    kim = signed_in(app, kestrel, KIM)
    foreign = [one for one in requests(app, of_nordwind) if one.names_a_thing]
    unknown = [one for one in requests(app, Owned.nothing()) if one.names_a_thing]
    assert foreign
    for theirs, nobodys in zip(foreign, unknown, strict=True):
        answer, blank = ask(kim, theirs), ask(kim, nobodys)
        expected = 303 if ENTRIES[theirs.endpoint, theirs.method].ends else 404
        assert (theirs.path, answer.status_code) == (theirs.path, expected)
        assert told(answer) == told(blank)


def test_no_word_of_another_company_is_told(
    app: Flask, nordwind: Workspace, kestrel: Workspace, of_nordwind: Owned, of_kestrel: Owned
) -> None:
    kim = signed_in(app, kestrel, KIM)
    for request in requests(app, of_kestrel):
        if request.method == "GET" and not ENTRIES[request.endpoint, "GET"].leaves:
            answer = ask(kim, request)
            assert "Nordwind" not in answer.text, request.path


def test_searching_finds_nobody_elses(
    app: Flask, nordwind: Workspace, kestrel: Workspace, of_nordwind: Owned
) -> None:
    kim = signed_in(app, kestrel, KIM)
    for path in ("/find?q=Customer", "/options/companies?q=Customer", "/companies?q=Customer"):
        assert "Nordwind" not in kim.get(path).text


def _kestrels_cookie(app: Flask, nordwind: Workspace, kestrel: Workspace) -> Visitor:
    kim = signed_in(app, kestrel, KIM)
    stranger = Visitor(app, host_of(nordwind))
    stranger.keep(stranger.host, kim.cookie())
    return stranger


def _anonymous(app: Flask, nordwind: Workspace, kestrel: Workspace) -> Visitor:
    return Visitor(app, host_of(nordwind))


def _signed_out(app: Flask, nordwind: Workspace, kestrel: Workspace) -> Visitor:
    bob = signed_in(app, nordwind, BOB)
    copied = bob.cookie()
    bob.post("/sign-out")
    bob.keep(bob.host, copied)
    return bob


def _removed(app: Flask, nordwind: Workspace, kestrel: Workspace) -> Visitor:
    bob = signed_in(app, nordwind, BOB)
    signed_in(app, nordwind, ANN).post(f"/members/{nordwind.members[BOB.email]}/removal")
    return bob


@pytest.mark.parametrize("stranger", [_anonymous, _kestrels_cookie, _signed_out, _removed])
def test_strangers_stay_outside(
    app: Flask,
    nordwind: Workspace,
    kestrel: Workspace,
    of_nordwind: Owned,
    stranger: Callable[[Flask, Workspace, Workspace], Visitor],
) -> None:
    visitor = stranger(app, nordwind, kestrel)
    for request in requests(app, of_nordwind):
        if ENTRIES[request.endpoint, request.method].rank == "public":
            continue
        answer = ask(visitor, request)
        assert answer.status_code in OUT, (request.path, answer.status_code)
        assert "Customer of" not in answer.text
        if answer.status_code in {301, 302, 303}:
            assert answer.headers["Location"].startswith("http://localhost:8000/sign-in")


@pytest.mark.parametrize(
    ("person", "rank"), [(RALF, "reader"), (BOB, "member"), (RITA, "admin"), (ANN, "owner")], ids=str
)
def test_roles_reach_as_far_as_they_should(
    app: Flask, nordwind: Workspace, s3: S3, person: Person, rank: Rank
) -> None:
    # Everybody may leave, so the member of the matrix is somebody else.
    owned = fill(app, nordwind, ANN, RALF if person is BOB else BOB)
    visitor = signed_in(app, nordwind, person)
    ordered = sorted(requests(app, owned), key=lambda one: ENTRIES[one.endpoint, one.method].leaves)
    for request in ordered:
        entry = ENTRIES[request.endpoint, request.method]
        if entry.rank == "public":
            continue
        if RANKS.index(entry.rank) > RANKS.index(rank):
            # A no is said in a line: drawing hundreds of whole pages takes long.
            status = ask(visitor, request, Accept="application/json").status_code
            assert status in {403, 404}, (request.method, request.path, status)
        else:
            status = ask(visitor, request).status_code
            assert status not in {401, 403, 405, 500}, (request.method, request.path, status)
        if entry.leaves:
            visitor = signed_in(app, nordwind, person)
