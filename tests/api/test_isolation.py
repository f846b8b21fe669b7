"""The isolation matrix of the API: every route, tried by everybody who has no business there."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import delete, insert, text, update

from app.api.openapi import rules
from app.core.clock import now
from app.core.permissions import SCOPES
from app.core.tokens import hashed
from app.domain import catalogue
from app.domain.files.models import File
from app.domain.jobs.models import Job
from app.domain.members.models import Grant
from app.records.types import ObjectType
from tenants.context import entered
from tenants.session import session, unit_of_work
from tests.api.entries import ENTRIES, Entry
from tests.api.programs import Program, Reply, program
from tests.api.test_records import NEW
from tests.cast import BOB, Workspace

_CHANCE = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{16}")
THINGS = ("job_id", "import_id", "export_id", "file_id", "view_id", "fact_id")


@dataclass(frozen=True)
class Case:
    """One request: route, method, path, and the scopes that it takes."""

    endpoint: str
    method: str
    path: str
    entry: Entry
    scopes: tuple[str, ...]


def cases(app: Flask, ids: dict[str, UUID]) -> Iterator[Case]:
    """Every route with every method, once for each object; `ids` names things by object or argument."""
    for rule in rules(app):
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            name = rule.endpoint.removeprefix("api.")
            for described in catalogue.OBJECTS if "described" in rule.arguments else (None,):
                entry = ENTRIES[name, method]
                values = {each: value(each, described, ids) for each in rule.arguments}
                path = app.url_map.bind("localhost:8000").build(rule.endpoint, values, method=method)
                asked = tuple(scope(each, described) for each in entry.scopes or ())
                yield Case(name, method, path.removeprefix("/api/v1"), entry, asked)


def value(name: str, described: ObjectType | None, ids: dict[str, UUID]) -> object:
    match name:
        case "described":
            return described
        case "record_id":
            return ids[described.name if described else ""]
        case "field":
            return "external_ids"
        case "value":
            return "sap:1"
        case "name":
            return "invalid"
    return ids[name]


def scope(name: str, described: ObjectType | None) -> str:
    return described.permission(name) if described and ":" not in name else name


def ask(script: Program, case: Case) -> Reply:
    body: dict[str, Any] = (
        {}
        if case.method in {"GET", "DELETE"} or case.endpoint in {"restore_record", "complete_file"}
        else {"json": {}}
    )
    return script.ask(case.method, case.path, **body)


def told(answer: Reply) -> str:
    return _CHANCE.sub("·", answer.text)


@pytest.fixture
def of_nordwind(app: Flask, nordwind: Workspace, script: Program) -> dict[str, UUID]:
    ids: dict[str, UUID] = {}
    for name, values in NEW.items():
        ids[name] = UUID(script.post(f"/{name}", values).json["id"])
    line = {"order_id": str(ids["orders"]), "description": "Nordwind's"}
    ids["order_lines"] = UUID(script.post("/order_lines", line).json["id"])
    ids |= {name: uuid4() for name in THINGS}
    view = {"object": "contacts", "name": "Nordwind's", "shared": "everyone"}
    ids["view_id"] = UUID(script.post("/views", view).json["id"])
    kinds = {"job_id": "none", "import_id": "imports", "export_id": "exports"}
    with app.app_context(), entered(nordwind.tenant), unit_of_work():
        for name, kind in kinds.items():
            session.execute(insert(Job).values(id=ids[name], kind=kind, state="failed", object="contacts"))
        session.execute(
            insert(File).values(id=ids["file_id"], name="a.txt", storage_key=str(uuid4()), state="ready")
        )
        made = text("SELECT id FROM facts WHERE record_id = :id")
        ids["fact_id"] = session.execute(made, {"id": ids["companies"]}).scalar_one()
    return ids


def nobodys() -> dict[str, UUID]:
    return {name: uuid4() for name in (*(each.name for each in catalogue.OBJECTS), *THINGS)}


def test_every_route_has_an_entry(app: Flask) -> None:
    known = {
        (rule.endpoint.removeprefix("api."), method)
        for rule in rules(app)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert known == set(ENTRIES)


def test_foreign_things_look_like_no_things(
    app: Flask, of_nordwind: dict[str, UUID], kestrels: Program
) -> None:
    pairs = zip(cases(app, of_nordwind), cases(app, nobodys()), strict=True)
    tried = 0
    for theirs, unknown in pairs:
        if theirs.entry.names:
            answer, blank = ask(kestrels, theirs), ask(kestrels, unknown)
            assert (theirs.path, answer.status_code) == (theirs.path, 404)
            assert told(answer) == told(blank)
            tried += 1
    assert tried > 40
    assert kestrels.get("/contacts").json["data"] == []
    assert "Meyer" not in kestrels.get("/changes").text


def test_each_missing_scope_is_named(app: Flask, nordwind: Workspace, of_nordwind: dict[str, UUID]) -> None:
    holders: dict[str, Program] = {}
    for case in cases(app, of_nordwind):
        for missing in case.scopes:
            if missing not in holders:
                holders[missing] = program(app, nordwind, tuple(each for each in SCOPES if each != missing))
            answer = ask(holders[missing], case)
            assert (case.method, case.path, answer.status_code) == (case.method, case.path, 403)
            assert answer.json["scope"] == missing
            assert f'scope="{missing}"' in answer.headers["WWW-Authenticate"]


def test_its_own_scopes_are_enough(app: Flask, nordwind: Workspace) -> None:
    programs: dict[tuple[str, ...], Program] = {}
    for case in cases(app, nobodys()):
        if case.endpoint in {"request_file"}:
            continue  # what a file hangs on decides
        if case.scopes not in programs:
            programs[case.scopes] = program(app, nordwind, case.scopes or ("jobs:read",))
        answer = ask(programs[case.scopes], case)
        assert answer.status_code not in {401, 403, 405, 500}, (case.method, case.path, answer.text)


def test_no_good_token_no_answer(app: Flask, nordwind: Workspace, of_nordwind: dict[str, UUID]) -> None:
    expired, revoked = program(app, nordwind), program(app, nordwind)
    removed = program(app, nordwind, person=BOB)
    with app.app_context(), entered(nordwind.tenant), unit_of_work():
        mine = update(Grant).where(Grant.kind == "access")
        session.execute(mine.where(Grant.secret_hash == secret(expired)).values(expires_at=now()))
        session.execute(mine.where(Grant.secret_hash == secret(revoked)).values(revoked_at=now()))
        session.execute(text("UPDATE members SET removed_at = now() WHERE email = :it"), {"it": BOB.email})
    addresses = iter(ip_network("10.0.0.0/16"))
    stolen = Program(app, f"{'0' * 32}.{revoked.token.partition('.')[2]}")
    for case in cases(app, of_nordwind):
        if case.entry.scopes is None:
            continue
        for stranger in (expired, revoked, removed, stolen):
            stranger.address = str(next(addresses))
            answer = ask(stranger, case)
            assert (case.path, answer.status_code) == (case.path, 401)
            assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_a_token_of_one_company_opens_no_other(
    app: Flask, nordwind: Workspace, kestrel: Workspace, script: Program
) -> None:
    mixed = Program(app, f"{kestrel.tenant.id.hex}.{script.token.partition('.')[2]}")
    assert mixed.get("/me").status_code == 401


def test_a_cookie_is_no_token(app: Flask, nordwind: Workspace) -> None:
    with app.app_context(), entered(nordwind.tenant), unit_of_work():
        session.execute(delete(Grant).where(Grant.kind == "access"))
    stranger = Program(app, f"{nordwind.tenant.id.hex}.x")
    assert stranger.get("/contacts").status_code == 401


def secret(script: Program) -> bytes:
    return hashed(script.token.partition(".")[2])
