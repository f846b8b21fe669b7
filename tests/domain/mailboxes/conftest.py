"""Mailboxes need a server to be connected to and somebody who connects one."""

from collections.abc import Iterator

import pytest
from flask import Flask

from app.core.actor import Actor
from tests import post
from tests.domain.mailboxes.scene import Scene
from tests.imap import Mailbox
from tests.post import Post


@pytest.fixture
def smtp() -> Iterator[Post]:
    """The member's server for outgoing mail."""
    with post.office() as server:
        yield server


@pytest.fixture
def scene(app: Flask, ann: Actor, mailbox_post: Mailbox, smtp: Post) -> Scene:
    """Ann has a mailbox, which is not connected yet."""
    return Scene(ann, mailbox_post, smtp)
