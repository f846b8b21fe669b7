"""What a member looked for last: in Redis, which may lose it; nothing of it outlives a month."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import orjson

from app.core import redis
from app.core.actor import Actor
from app.core.clock import now
from app.records import searching
from tenants.context import current

KEPT = 8
DAYS = 30


def of(actor: Actor) -> list[str]:
    """The latest searches of `actor`, the last one first."""
    return [text for text, _ in _kept(actor)]


def remember(actor: Actor, text: str) -> None:
    """Note that `actor` found something by this text."""
    text = " ".join(text[: searching.LONGEST].split())
    if not text or actor.member_id is None:
        return
    others = [each for each in _kept(actor) if each[0].casefold() != text.casefold()]
    _keep(actor, [[text, now().isoformat()], *others][:KEPT])


def forget(actor: Actor) -> None:
    """Forget all that `actor` looked for."""
    with suppress(redis.Away):
        redis.attempt("hdel", _key(), str(actor.member_id))


def _kept(actor: Actor) -> list[list[str]]:
    if actor.member_id is None:
        return []
    held: Any = None
    with suppress(redis.Away):
        held = redis.attempt("hget", _key(), str(actor.member_id))
    since = now() - timedelta(days=DAYS)
    return [each for each in orjson.loads(held or b"[]") if datetime.fromisoformat(each[1]) > since]


def _keep(actor: Actor, entries: list[list[str]]) -> None:
    with suppress(redis.Away):
        redis.attempt("hset", _key(), str(actor.member_id), orjson.dumps(entries).decode())
        redis.attempt("expire", _key(), DAYS * 86_400)


def _key() -> str:
    return f"{current().schema}:recents"
