"""The live process as an ASGI application: one address, `/live/stream`, and its own health."""

import asyncio
import logging
import os
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from http.cookies import CookieError, SimpleCookie
from types import FrameType
from typing import Any
from urllib.parse import parse_qs

from flask import Flask

from app import config
from app.config import Settings
from app.core import collector, kms, process, tickets
from app.core.tickets import Ticket
from app.domain import catalogue
from app.domain.files import telling as files
from app.domain.messages import telling as messages
from app.live.hub import Full, Hub
from app.live.listener import Listener
from app.live.log import Closed
from app.ui import cookies
from tenants import engines, news
from tenants import session as database
from tenants.breaker import cell_down
from tenants.engines import PoolSettings

log = logging.getLogger("kith.live")

# What customers hear of is said where it happens: importing these says it in this process too.
TELLING = (files, messages)

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

STREAM = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
]
PLAIN = [*STREAM[1:], (b"content-type", b"text/plain; charset=utf-8")]
TOO_MANY_SECONDS = b"15"
# A reader who takes nothing for so long, with all buffers on the way full, is gone.
STALLED_SECONDS = 30.0


class Live:
    """Streams to browsers what happens to their tenants; knows its visitors by their tickets alone."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self._settings = settings
        self._hub = Hub(app, settings)
        self._cookie = cookies.name_of("live", settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        if scope["type"] == "lifespan":
            await self._lives(receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)

    async def _lives(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await self._hub.start()
                _before_stopping(self._hub.end_all)
                await send({"type": "lifespan.startup.complete"})
            else:
                await self._hub.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]
        }
        if scope["path"] == "/healthz":
            await _say(send, 200, b"ok")
        elif scope["path"] != "/live/stream" or scope["method"] != "GET":
            await _say(send, 404, b"Nothing is here.")
        elif headers.get("sec-fetch-site", "same-origin") != "same-origin":
            await _say(send, 403, b"Streams are for pages of the same address.")
        elif (ticket := self._ticket(headers)) is None:
            await _say(send, 401, b"The ticket is missing or over: ask for a new one.")
        else:
            await self._stream(ticket, _cursor(scope, headers), receive, send)

    def _ticket(self, headers: dict[str, str]) -> Ticket | None:
        with suppress(CookieError):
            found = SimpleCookie(headers.get("cookie", "")).get(self._cookie)
            return tickets.unseal(found.value, self._settings) if found else None
        return None

    async def _stream(self, ticket: Ticket, cursor: str | None, receive: Receive, send: Send) -> None:
        try:
            listener = await self._hub.join(ticket, cursor)
        except Full:
            await _say(send, 429, b"Too many streams.", (b"retry-after", TOO_MANY_SECONDS))
            return
        except Closed:
            await _say(send, 403, b"This workspace is closed.")
            return
        except Exception as error:
            log.warning("a stream could not begin: %s", error, exc_info=cell_down(error) is None)
            await _say(send, 503, b"Try again in a moment.", (b"retry-after", b"2"))
            return
        if listener is None:
            await _say(send, 401, b"The session is over.")
            return
        gone = asyncio.create_task(_until_gone(receive, listener))
        try:
            await _write(listener, send)
        finally:
            gone.cancel()
            await self._hub.leave(listener)


def _before_stopping(act: Callable[[], None]) -> None:
    """Do `act` when the process is asked to stop: the server waits for open streams, then kills itself."""
    server, loop = signal.getsignal(signal.SIGTERM), asyncio.get_running_loop()

    def stop(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(act)
        if callable(server):
            server(number, frame)

    with suppress(ValueError):  # not the main thread: then the server's patience has to do
        signal.signal(signal.SIGTERM, stop)


async def _write(listener: Listener, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": STREAM})
    with suppress(TimeoutError):
        while (chunk := await listener.take()) is not None:
            async with asyncio.timeout(STALLED_SECONDS):
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


async def _until_gone(receive: Receive, listener: Listener) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    listener.end()


async def _say(send: Send, status: int, words: bytes, *more: tuple[bytes, bytes]) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [*PLAIN, *more]})
    await send({"type": "http.response.body", "body": words + b"\n"})


def _cursor(scope: Scope, headers: dict[str, str]) -> str | None:
    """Where this browser has read to: what it says when it comes back, else what its page says."""
    asked = parse_qs(scope["query_string"].decode("latin-1")).get("after", [""])[0]
    return headers.get("last-event-id") or asked or None


def create_app(settings: Settings) -> Live:
    """The application for `settings`, ready for an ASGI server."""
    app = Flask("kith.live", static_folder=None)
    process.configure(settings)
    kms.settle(settings)
    engines.configure(settings.database_url, settings.secret_keys, PoolSettings(pool_size=2, max_overflow=2))
    database.init_app(app)
    assert catalogue.OBJECTS, "what customers see is known from the objects' descriptions"
    return Live(app, settings)


def create_app_from_env() -> Live:
    """The application for the KITH_* variables of this process."""
    live = create_app(config.load(os.environ))
    news.follow()
    collector.settle()
    return live
