"""A mail server for tests: keeps what it is sent, in this process."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from stack import ports


@dataclass
class Post:
    """What arrived: (recipients, message), in order; `refuse` answers every recipient, as "450 no".

    While it `holds`, it has a mail and does not say so.
    """

    port: int
    mails: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    refuse: str = ""
    holds: bool = False

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if self.refuse:
            return self.refuse
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        message = message_from_bytes(envelope.content, policy=policy.default)
        self.mails.append((list(envelope.rcpt_tos), message))
        while self.holds:
            await asyncio.sleep(0.05)
        return "250 OK"


@contextmanager
def office() -> Iterator[Post]:
    """A mail server on loopback within the block."""
    post = Post(ports.free()[0])
    controller = Controller(post, hostname="127.0.0.1", port=post.port, ready_timeout=60)
    controller.start()
    try:
        yield post
    finally:
        controller.stop()
