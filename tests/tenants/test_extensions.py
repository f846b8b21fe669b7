"""Folding and sorting: the same in Kith's queries and indexes, for German, Polish, Nordic and odd names."""

from collections.abc import Iterator

import psycopg
import pytest

from tenants import engines
from tenants.bootstrap import FIRST_CELL
from tenants.driver import psycopg_url


@pytest.fixture(scope="module")
def cell(databases: None) -> Iterator[psycopg.Connection[tuple[str | None, ...]]]:
    url = psycopg_url(engines.engines().cell_url(FIRST_CELL))
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Müller", "muller"),
        ("Straße ẞ", "strasse ss"),
        ("Łódź", "lodz"),
        ("Ærø Œuvre", "aero oeuvre"),
        ("Øresund Å", "oresund a"),
        ("E\u0301clair", "eclair"),
        ("ﬁne", "fine"),
        ("İstanbul", "istanbul"),
        ("Жуков", "жуков"),
        ("株式会社", "株式会社"),
        ("", ""),
    ],
)
def test_folding(cell: psycopg.Connection[tuple[str | None, ...]], text: str, folded: str) -> None:
    row = cell.execute("SELECT ext.fold(%s), ext.sort_key(%s)", [text, text]).fetchone()
    assert row == (folded, folded)


def test_ascii_folds_the_short_way_as_the_long(cell: psycopg.Connection[tuple[str | None, ...]]) -> None:
    ascii_text = "".join(map(chr, range(1, 128)))
    row = cell.execute(
        "SELECT ext.fold(%(text)s), ext.fold('é' || %(text)s)", {"text": ascii_text}
    ).fetchone()
    assert row == (ascii_text.lower(), "e" + ascii_text.lower())


@pytest.mark.parametrize("function", ["fold", "sort_key"])
def test_folding_costs_no_call(cell: psycopg.Connection[tuple[str | None, ...]], function: str) -> None:
    with cell.transaction(force_rollback=True):
        cell.execute("CREATE TABLE kith.names (name text)")
        plan = cell.execute(f"EXPLAIN (VERBOSE) SELECT ext.{function}(name) FROM kith.names").fetchall()
    assert f"{function}(" not in str(plan)
    assert "unaccent_fixed" in str(plan)


def test_umlauts_are_found_in_either_spelling(cell: psycopg.Connection[tuple[str | None, ...]]) -> None:
    row = cell.execute("SELECT ext.search_key('Jörg Müßig'), ext.search_key('Dan Otto')").fetchone()
    assert row == ("jorg mussig joerg muessig", "dan otto")


def test_sort_uses_its_index(cell: psycopg.Connection[tuple[str | None, ...]]) -> None:
    with cell.transaction(force_rollback=True):
        cell.execute("CREATE TABLE kith.names (name text)")
        cell.execute("CREATE INDEX ON kith.names (ext.sort_key(name))")
        cell.execute("SET LOCAL enable_seqscan = off")
        plan = cell.execute("EXPLAIN SELECT name FROM kith.names ORDER BY ext.sort_key(name)").fetchall()
    assert "Index" in str(plan[0][0])


def test_nothing_stays_nothing(cell: psycopg.Connection[tuple[str | None, ...]]) -> None:
    row = cell.execute("SELECT ext.fold(NULL), ext.sort_key(NULL), ext.search_key(NULL)").fetchone()
    assert row == (None, None, None)
