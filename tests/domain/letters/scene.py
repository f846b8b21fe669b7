"""The scene of the tests of letters: acts in units of work, and a mail server that keeps what it gets."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

from flask import Flask

from app.core.actor import Actor
from tenants.context import entered
from tenants.session import unit_of_work
from tests.cast import ANN, Workspace
from tests.domain.messages.talk import Scene, scene
from tests.post import Post
from tests.work import work_off


@dataclass
class Town:
    """Nordwind, its customer Meyer, and the mail between them."""

    app: Flask
    workspace: Workspace
    post: Post
    meyer: Scene

    @property
    def ann(self) -> Actor:
        return self.workspace.actor(ANN)

    @contextmanager
    def act(self) -> Iterator[None]:
        with acting(self.app, self.workspace):
            yield

    def work(self) -> None:
        work_off(self.app)

    def mails(self) -> list[EmailMessage]:
        """What was delivered to customers."""
        self.work()
        return [mail for to, mail in self.post.mails if to[0].endswith("@meyer-maschinenbau.example")]


@contextmanager
def acting(app: Flask, workspace: Workspace) -> Iterator[None]:
    with app.app_context(), entered(workspace.tenant), unit_of_work():
        yield


def founded(app: Flask, workspace: Workspace, post: Post) -> Town:
    """A town in which nothing has been written yet."""
    with acting(app, workspace):
        meyer = scene(workspace.actor(ANN))
    return Town(app, workspace, post, meyer)


def text_of(mail: EmailMessage, kind: str = "plain") -> str:
    part: Any = mail.get_body((kind,))
    return str(part.get_content()).replace("\r\n", "\n")
