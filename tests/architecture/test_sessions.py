"""What outlives a transaction stays off the pools: behind a pooler the next client would inherit it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.files import text_of, under

SESSION_LEVEL = re.compile(
    r"(\A|;)\s*(SET (?!LOCAL|TRANSACTION|CONSTRAINTS|NOT|DEFAULT|NULL)\w|RESET [A-Za-z]|LISTEN |UNLISTEN"
    r"|DECLARE |DISCARD ALL)|\bpg_(try_)?advisory_(un)?lock\(|\bWITH HOLD\b|\bCREATE (LOCAL )?TEMP",
)
# These have connections of their own, as the owner, straight to the server.
OWNERS = {
    "tenants/bootstrap.py",
    "tenants/building.py",
    "tenants/erasing.py",
    "tenants/indexing.py",
    "tenants/later.py",
    "tenants/news.py",
    "tenants/operations.py",
    "tenants/runner.py",
    "tenants/selfcheck.py",
    "workers/relay.py",
    "workers/schedule.py",
}
# A list of what is refused.
ATTACKS = "tenants/attacks.py"


def test_session_level_statements_are_the_owners_only() -> None:
    found = {
        str(path): _statements(path) for folder in ("app", "tenants", "workers") for path in _code(folder)
    }
    speaking = {path for path, statements in found.items() if statements}
    copying = {path for path in speaking if path.startswith("tenants/copying/")}
    assert {path: found[path] for path in speaking - OWNERS - copying - {ATTACKS}} == {}
    assert speaking >= OWNERS


def test_owners_of_sessions_open_connections_of_their_own() -> None:
    for path in sorted(OWNERS):
        source = text_of(Path(path))
        assert re.search(r"\bconnect(ed|_as_owner)?\(|\bowner\.", source), path
        assert "tenants.session" not in source, path


def _code(folder: str) -> list[Path]:
    """Code that runs in production; benches stand on servers of their own."""
    return [path for path in under(folder, ".py") if not {"migrations", "bench"} & set(path.parts)]


def _statements(path: Path) -> list[str]:
    return [text for text in _strings(ast.parse(text_of(path))) if SESSION_LEVEL.search(text)]


def _strings(tree: ast.AST) -> Iterator[str]:
    """Every string that is no docstring; of formatted ones the parts."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    firsts = [node.body[0] for node in ast.walk(tree) if isinstance(node, documented) and node.body]
    docstrings = {id(first.value) for first in firsts if isinstance(first, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value
