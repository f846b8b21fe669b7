"""What is refused before an import begins, and what stays behind of it."""

import io
from typing import Any

import pytest
from flask import Flask

from app.core import storage
from app.core.errors import Invalid
from app.domain.imports import actions
from tenants.context import entered
from tenants.session import unit_of_work
from tests.cast import BOB, Workspace
from tests.conftest import S3

PEOPLE = b"mail,name\nanna@nordwind.example,Anna\n"


@pytest.mark.parametrize("content", [b'"', b"name\n", b"," * 1_200, b'"a\n' * 300])
def test_refused_file_leaves_nothing_in_the_store(
    app: Flask, nordwind: Workspace, s3: S3, content: bytes
) -> None:
    with app.app_context(), entered(nordwind.tenant):
        with pytest.raises(Invalid), unit_of_work():
            actions.upload(nordwind.actor(BOB), "contacts", "people.csv", io.BytesIO(content))
        assert storage.delete_all(f"{nordwind.tenant.schema}/") == 0


@pytest.mark.parametrize(
    "wanted",
    [
        {"colums": {"mail": None}},
        {"columns": {"mail": {"name": "post"}}},
        {"columns": {"mail": {"taget": "email"}}},
        {"columns": {"mail": {"target": "email\ud800"}}},
        {"columns": {"mail": {"target": "external_id", "system": "shop\0"}}},
        {"clear_word": "\0"},
    ],
    ids=repr,
)
def test_slip_in_a_mapping_is_told(app: Flask, nordwind: Workspace, s3: S3, wanted: dict[str, Any]) -> None:
    with app.app_context(), entered(nordwind.tenant), unit_of_work():
        job = actions.upload(nordwind.actor(BOB), "contacts", "people.csv", io.BytesIO(PEOPLE))
        with pytest.raises(Invalid):
            actions.map_as(nordwind.actor(BOB), job.id, wanted)
