"""A request that comes twice, or fifty times, or after a crash, has one effect and one answer."""

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from http.client import HTTPConnection, HTTPException
from io import BytesIO
from typing import Any

import orjson
import pytest
from flask import Flask
from sqlalchemy import text

from app.config import ROOT
from app.core.clock import frozen, now
from app.domain.idempotency import actions
from tenants.context import entered
from tenants.session import session, unit_of_work
from tests.api.programs import Program, Reply, program
from tests.cast import Workspace

CAROL = {"first_name": "Carol", "last_name": "Meyer", "email": "carol@meyer.example"}


def send(script: Program, key: str = "k-1", values: Any = CAROL, path: str = "/contacts") -> Reply:
    return script.post(path, values, headers={"Idempotency-Key": key})


def test_a_repetition_gets_the_same_answer(script: Program) -> None:
    first, second = send(script), send(script)
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.data == first.data
    for name in ("Location", "ETag", "Content-Type"):
        assert second.headers[name] == first.headers[name]
    assert second.headers["Idempotency-Replayed"] == "true"
    assert len(script.get("/contacts").json["data"]) == 1


def test_another_body_under_the_key_is_refused(script: Program) -> None:
    send(script)
    for answer in (
        send(script, values=CAROL | {"city": "Köln"}),
        send(script, path="/companies", values=CAROL),
        send(script, path="/contacts?fields=email"),
    ):
        assert (answer.status_code, answer.json["errors"][0]["code"]) == (422, "key_reused")


@pytest.mark.parametrize("key", ["", " ", "a b", "ä", "x" * 256])
def test_a_key_is_visible_ascii(script: Program, key: str) -> None:
    assert send(script, key).status_code == 422


def test_each_client_and_company_has_own_keys(
    app: Flask, nordwind: Workspace, script: Program, kestrels: Program
) -> None:
    other = program(app, nordwind, name="Other")
    answers = [send(one, values={"last_name": "Meyer"}) for one in (script, other, kestrels)]
    assert [each.status_code for each in answers] == [201, 201, 201]
    assert len({each.json["id"] for each in answers}) == 3


def test_what_was_refused_for_its_content_is_tried_again(script: Program) -> None:
    taken = script.post("/contacts", CAROL).json["id"]
    assert send(script).status_code == 422
    script.delete(f"/contacts/{taken}")
    assert send(script).status_code == 201


def test_other_refusals_are_kept(script: Program) -> None:
    record = script.post("/contacts", CAROL).json["id"]
    path = f"/contacts/{record}/restore"
    first = send(script, values=None, path=path)
    assert first.status_code == 404
    script.delete(f"/contacts/{record}")
    second = send(script, values=None, path=path)
    assert (second.status_code, second.data) == (404, first.data)
    assert send(script, "k-2", values=None, path=path).status_code == 200


def test_fifty_at_once_have_one_effect(app: Flask, script: Program) -> None:
    def one(number: int) -> Reply:
        return send(Program(app, script.token, f"203.0.113.{number}"))

    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(one, range(50)))
    statuses = [each.status_code for each in answers]
    assert set(statuses) <= {201, 409}
    made = {each.data for each in answers if each.status_code == 201}
    assert len(made) == 1
    for each in answers:
        if each.status_code == 409:
            assert each.headers["Retry-After"] == "1"
    assert len(script.get("/contacts").json["data"]) == 1
    assert send(script).data in made


def test_keys_are_forgotten_after_a_day(app: Flask, nordwind: Workspace, script: Program) -> None:
    send(script, values={"last_name": "Meyer"})
    with frozen(now() + timedelta(hours=25)), app.app_context(), entered(nordwind.tenant):
        with unit_of_work(read_only=False):
            assert actions.sweep(500) == 1
        with unit_of_work(read_only=True):
            assert session.scalar(text("SELECT count(*) FROM idempotency_keys")) == 0
    assert send(script, values={"last_name": "Otto"}).status_code == 201


def test_a_form_is_the_same_whatever_its_boundary(script: Program, s3: object) -> None:
    def upload(content: bytes) -> Reply:
        form = {"object": "contacts", "file": (BytesIO(content), "people.csv")}
        return script.post("/imports", data=form, headers={"Idempotency-Key": "k"})

    first, second = upload(b"Name\nCarol\n"), upload(b"Name\nCarol\n")
    assert (first.status_code, second.data) == (202, first.data)
    assert upload(b"Name\nDan\n").status_code == 422


def test_a_crash_before_the_answer_doubles_nothing(environ: dict[str, str], script: Program) -> None:
    body = orjson.dumps(CAROL)
    with serving(environ) as port, pytest.raises((OSError, HTTPException)):
        ask(port, script.token, body, {"X-Die": "1"})
    with serving(environ) as port:
        status, answer = ask(port, script.token, body, {})
    assert status == 201
    found = script.get("/contacts").json["data"]
    assert [each["id"] for each in found] == [orjson.loads(answer)["id"]]


def ask(port: int, token: str, body: bytes, more: dict[str, str]) -> tuple[int, bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=300)
    headers = {
        "Host": "localhost:8000",
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/json",
        "Idempotency-Key": "crash",
        **more,
    }
    try:
        connection.request("POST", "/api/v1/contacts", body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


@contextmanager
def serving(environ: dict[str, str]) -> Iterator[int]:
    own = {**os.environ, **environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-P", "-m", "tests.api.process"]
    process = subprocess.Popen(command, cwd=ROOT, env=own, stdout=subprocess.PIPE)
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
