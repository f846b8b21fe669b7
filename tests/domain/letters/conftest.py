"""A town with a mail server."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

import app.domain.catalogue  # noqa: F401 - registers the objects
from app.config import Settings
from app.core import process
from tests import post
from tests.cast import Workspace
from tests.domain.letters.scene import Town, founded


@pytest.fixture
def town(
    app: Flask, settings: Settings, nordwind: Workspace, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Town]:
    with post.office() as office:
        monkeypatch.setattr(process, "_settings", replace(settings, smtp_url=office.url))
        yield founded(app, nordwind, office)
