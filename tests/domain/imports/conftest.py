"""Imports need the file store, the objects, and somebody who brings files."""

import pytest
from flask import Flask

from app.core.actor import Actor
from tests.conftest import S3


@pytest.fixture
def files(app: Flask, s3: S3, ann: Actor) -> Actor:
    """Ann at work, with the file store running."""
    return ann
