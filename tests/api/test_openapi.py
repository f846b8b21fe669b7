"""The API's description: true of the map of addresses in both directions, and of every answer."""

import os
from dataclasses import replace
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from app.api import limits
from app.api.openapi import path_of, rules
from app.core import process
from app.domain import catalogue
from tests.api.programs import Program, program
from tests.api.test_records import NEW
from tests.cast import Workspace
from tests.machines import PRESS, lend

BASE, HOST = "http://localhost:8000", "localhost:8000"
SEED = 20_261
EXAMPLES = int(os.environ.get("KITH_API_EXAMPLES", "3"))
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
    ignored_auth,
)


def test_the_description_is_of_openapi_3_1(script: Program) -> None:
    document = script.get("/openapi.json").json
    assert document["openapi"] == "3.1.0"
    schemathesis.openapi.from_dict(document).validate()
    ids = [operation["operationId"] for path in document["paths"].values() for operation in path.values()]
    assert len(ids) == len(set(ids))


def test_paths_are_the_map_of_addresses(app: Flask, script: Program) -> None:
    told = {
        (path, method.upper())
        for path, operations in script.get("/openapi.json").json["paths"].items()
        for method in operations
    }
    there = {
        (path_of(rule, described), method)
        for rule in rules(app)
        for described in (
            catalogue.OBJECTS if "<object:described>" in rule.rule and _is_of_records(rule) else (None,)
        )
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert told == there


def _is_of_records(rule: Any) -> bool:
    return not rule.rule.startswith("/api/v1/objects/")


def test_references_lead_somewhere(script: Program) -> None:
    document = script.get("/openapi.json").json
    for reference in set(_references(document)):
        found: Any = document
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]


def _references(part: Any) -> list[str]:
    if isinstance(part, dict):
        own = [part["$ref"]] if isinstance(part.get("$ref"), str) else []
        return own + [each for value in part.values() for each in _references(value)]
    return [each for value in part for each in _references(value)] if isinstance(part, list) else []


def test_a_token_sees_its_own_part(app: Flask, nordwind: Workspace) -> None:
    narrow = program(app, nordwind, ("contacts:read",))
    paths = narrow.get("/openapi.json").json["paths"]
    assert "/api/v1/contacts" in paths
    assert "/api/v1/orders" not in paths
    public = narrow.client.get("/api/v1/openapi.json", base_url="http://localhost:8000")
    assert public.json is not None
    assert "/api/v1/orders" in public.json["paths"]
    again = narrow.get(
        "/openapi.json", headers={"If-None-Match": narrow.get("/openapi.json").headers["ETag"]}
    )
    assert again.status_code == 304


@pytest.mark.long
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_no_answer_is_undocumented(
    app: Flask, nordwind: Workspace, s3: object, mode: GenerationMode, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a company with an object of its own that has a field of every kind, and with a saved view."""
    monkeypatch.setattr(process, "_settings", replace(process.settings(), api_limit=1_000_000))
    monkeypatch.setattr(limits, "STRANGERS", 1_000_000)
    lend(app, nordwind)
    script = program(app, nordwind)
    new = {**NEW, "x_machines": PRESS, "views": {"object": "x_machines", "name": "Ours"}}
    ids = {name: script.post(f"/{name}", values).json["id"] for name, values in new.items()}
    headers = {"Host": HOST, "Authorization": f"Bearer {script.token}"}
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app, base_url=BASE, headers=headers)
    faults: list[str] = []
    for result in schema.get_all_operations():
        operation: Any = result.ok()  # type: ignore[union-attr]
        known = ids.get(operation.path.split("/")[3])
        named = [name for name in ("record_id", "view_id") if f"{{{name}}}" in operation.path]
        is_named = known is not None and named and mode is GenerationMode.POSITIVE
        parameters = {named[0]: known} if is_named else None
        cases = operation.as_strategy(generation_mode=mode, path_parameters=parameters)
        faults += _tried(operation, cases, script)
    assert faults == []


def _tried(operation: Any, cases: Any, script: Program) -> list[str]:
    """What requests made up from the description find, the same ones each time."""
    faults: list[str] = []

    @seed(SEED)
    @settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(case=cases)
    def ask(case: Any) -> None:
        try:
            case.call_and_validate(headers=headers, checks=list(CHECKS))
        except FailureGroup as failed:
            for each in failed.exceptions:
                faults.append(
                    f"{operation.method.upper()} {operation.path}: {each} {case.as_curl_command()}"[:900]
                )

    headers = {"Authorization": f"Bearer {script.token}", "Host": HOST}
    try:
        ask()
    except Unsatisfiable:
        return []  # nothing wrong can be sent here
    return faults
