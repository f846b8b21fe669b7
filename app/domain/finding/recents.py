"""What a member looked for last: in Redis, which may lose it; nothing of it outlives a month."""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import orjson
from rapidfuzz import fuzz, process

from app.core import redis
from app.core.actor import Actor
from app.core.clock import now
from app.records import searching
from tenants.context import current

KEPT = 8
DAYS = 30
# Shorter beginnings of words name nobody.
_SHORTEST = 3
# Percent of two words that have a slip between them.
_ALIKE = 80
_APART = re.compile(r"[\W_]+")


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


def forget_named(names: Collection[str]) -> None:
    """Forget what anybody looked for that has a word of these names, half typed or misspelt too.

    `names` are titles, e-mail addresses and phone numbers. Raises redis.Away.
    """
    known = sorted({part for name in names for part in _parts(name)})
    held: dict[str, str] = redis.attempt("hgetall", _key()) if known else {}
    for member, written in held.items():
        entries = orjson.loads(written)
        kept = [each for each in entries if not any(_names(word, known) for word in _parts(each[0]))]
        if len(kept) < len(entries):
            redis.attempt("hset", _key(), member, orjson.dumps(kept).decode())


def forget_all() -> None:
    """Forget what anybody looked for. Raises redis.Away."""
    redis.attempt("delete", _key())


def _names(word: str, known: Sequence[str]) -> bool:
    """Whether the word is, begins, contains or resembles one of the known, which are in order."""
    place = bisect_left(known, word)
    if len(word) < _SHORTEST:
        return known[place : place + 1] == [word]
    if place < len(known) and known[place].startswith(word):
        return True
    if word.isdecimal():
        return any(word in each for each in known)
    begins = any(word.startswith(each) for each in known if len(each) >= _SHORTEST)
    return begins or process.extractOne(word, known, scorer=fuzz.ratio, score_cutoff=_ALIKE) is not None


def _parts(text: str) -> set[str]:
    """The words of the text, letters without their marks; of an address also what stands before the @."""
    whole = [word.lstrip("+") for word in searching.words(text)]
    local = [part for word in whole if "@" in word for part in _APART.split(word.partition("@")[0])]
    split = [part for word in whole if "@" not in word for part in _APART.split(word)]
    spelled = [each for word in (*whole, *local, *split) for each in searching.spellings(word)]
    plain = [unicodedata.normalize("NFKD", each) for each in spelled]
    return {each for word in plain if (each := "".join(c for c in word if not unicodedata.combining(c)))}


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
