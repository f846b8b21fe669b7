"""Every place that may hold something of a company, looked through for words that only it has."""

from collections.abc import Iterator, Sequence

import psycopg
from psycopg import sql

from app.core import process, redis
from app.core.storage import _client
from tenants import owner
from tenants.copying import layout, sums
from tenants.copying.links import opened
from tenants.copying.sums import Sum
from tenants.engines import engines

# Books are kept by law, a receipt is what is left on purpose.
MEANT_TO_STAY = frozenset({"invoices", "receipts"})
_TABLES = (
    "SELECT relname FROM pg_class WHERE relnamespace = 'kith'::regnamespace AND relkind = 'r' ORDER BY 1"
)
_CATALOGUES = {
    "pg_roles": "SELECT rolname FROM pg_roles",
    "pg_namespace": "SELECT nspname FROM pg_namespace",
    "pg_class": "SELECT relname FROM pg_class",
}


def found(words: Sequence[str], cell: str) -> list[str]:
    """Where one of `words` stands: tables, catalogues, keys of Redis, keys of S3."""
    return [*_in_database(engines().control_url, words), *_in_database(engines().cell_url(cell), words),
            *_in_redis(words), *_in_s3(words)]  # fmt: skip


def summed(cell: str, schema: str) -> dict[str, Sum]:
    """What all tables of a tenant add up to."""
    with opened(engines().cell_url(cell), schema) as connection:
        return sums.of_tables(connection, layout.tables(connection, schema))


def bytes_of(schema: str) -> dict[str, bytes]:
    """All of a tenant's files in S3."""
    return {key: _read(key) for key in _keys() if key.startswith(f"{schema}/")}


def _in_database(url: str, words: Sequence[str]) -> Iterator[str]:
    with owner.connect(url) as connection:
        for (table,) in connection.execute(_TABLES.encode()).fetchall():
            if table not in MEANT_TO_STAY:
                query = sql.SQL("SELECT t::text FROM kith.{} t").format(sql.Identifier(table))
                yield from _named(f"kith.{table}", _rows(connection, query), words)
        for name, query_text in _CATALOGUES.items():
            yield from _named(name, _rows(connection, sql.SQL(query_text)), words)


def _rows(connection: owner.Connection, query: sql.SQL | sql.Composed) -> list[str]:
    try:
        return [str(row[0]) for row in connection.execute(query).fetchall()]
    except psycopg.errors.UndefinedTable:
        return []


def _in_redis(words: Sequence[str]) -> Iterator[str]:
    here = redis.client()
    for name in here.scan_iter():
        kind = here.type(name)
        read = {
            "string": lambda key: [here.get(key) or ""],
            "hash": lambda key: [text for pair in here.hgetall(key).items() for text in pair],
            "set": here.smembers,
            "list": lambda key: here.lrange(key, 0, -1),
            "zset": lambda key: here.zrange(key, 0, -1),
            "none": lambda _: [],  # its time was over just now
        }[kind]
        yield from _named(f"redis {name}", [name, *read(name)], words)


def _in_s3(words: Sequence[str]) -> Iterator[str]:
    yield from _named("s3", _keys(), words)


def _keys() -> list[str]:
    settings = process.settings()
    pages = (
        _client(settings, public=False).get_paginator("list_objects_v2").paginate(Bucket=settings.s3_bucket)
    )
    return [entry["Key"] for page in pages for entry in page.get("Contents", [])]


def _read(key: str) -> bytes:
    settings = process.settings()
    client = _client(settings, public=False)
    return bytes(client.get_object(Bucket=settings.s3_bucket, Key=key)["Body"].read())


def _named(place: str, texts: Sequence[str], words: Sequence[str]) -> Iterator[str]:
    for word in words:
        number = sum(word in text for text in texts)
        if number:
            yield f"{place}: {number} times {word}"
