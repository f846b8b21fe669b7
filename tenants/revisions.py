"""The three families of Alembic revisions; the tenants' are compiled once to SQL and replayed."""

import threading
from collections.abc import Sequence
from functools import lru_cache
from io import StringIO
from pathlib import Path
from typing import Literal

from alembic.config import Config
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from tenants import names

Family = Literal["control", "cell", "tenant"]

FOLDER = Path(__file__).with_name("migrations")
# What this release needs at least: a tenant below it is shown a page that says so until it is migrated.
# Raise it with the release whose code can no longer do without a revision.
NEEDED = "0002"
# In a tenant's revision this name stands for the tenant's own role.
ROLE_TOKEN = "kith_tenant"  # noqa: S105 - a place holder, not a secret

# Revisions speak to whatever Alembic has at work: one thread at a time in the whole process.
alone = threading.RLock()

_chained: list[Path] = []


def config(family: Family) -> Config:
    """Alembic's configuration of one family."""
    made = Config()
    made.set_main_option("script_location", str(FOLDER / family).replace("%", "%%"))
    made.set_main_option("path_separator", "newline")
    if family == "tenant" and _chained:
        folders = [FOLDER / family / "versions", *_chained]
        made.set_main_option("version_locations", "\n".join(map(str, folders)).replace("%", "%%"))
    return made


def chain(folder: Path | None) -> None:
    """Find tenants' revisions in `folder` too (None: no longer); for figures, which need one to measure."""
    _chained[:] = [folder] if folder else []
    forget()


def forget() -> None:
    """Read the revisions anew."""
    for remembered in (directory, compiled, older, later, seeds, _too_old):
        remembered.cache_clear()


@lru_cache
def directory(family: Family) -> ScriptDirectory:
    """The revisions of one family."""
    return ScriptDirectory.from_config(config(family))


def head(family: Family) -> str:
    """The newest revision; there is exactly one."""
    newest = directory(family).get_current_head()
    if newest is None:
        raise LookupError(f"no revisions of {family}")
    return newest


@lru_cache(maxsize=64)
def compiled(since: str | None, until: str) -> str:
    """The SQL from revision `since` (None: from nothing) to `until`, without schema and with ROLE_TOKEN."""
    buffer = StringIO()
    context = MigrationContext.configure(
        dialect_name="postgresql",
        dialect_opts={"paramstyle": "named"},
        opts={"as_sql": True, "output_buffer": buffer},
    )
    steps = list(directory("tenant").iterate_revisions(until, since or "base"))
    with alone, Operations.context(context):
        for step in reversed(steps):
            step.module.upgrade()
    return buffer.getvalue()


def script(schema: str, since: str | None, until: str) -> str:
    """The SQL that brings `schema` from `since` to `until` and writes so down, for one transaction."""
    name = names.tenant_name(schema)
    changes = compiled(since, until).replace(ROLE_TOKEN, name)
    # In an empty schema there is nothing to wait for: what revisions leave for later is done at once.
    left = {} if since else later(until)
    at_once = [each.replace(" CONCURRENTLY", "") for statements in left.values() for each in statements]
    changes += "".join(f"{each.replace(ROLE_TOKEN, name)};\n" for each in at_once)
    return (
        f"SET LOCAL search_path = {name}, ext;\n{changes}\n"
        f"INSERT INTO kith.tenant_rev (schema_name, rev, later)"
        f" VALUES ('{name}', '{_revision(until)}', '{{{','.join(map(_revision, left))}}}')"
        " ON CONFLICT (schema_name) DO UPDATE SET rev = excluded.rev, at = now();\n"
    )


@lru_cache
def seeds(until: str) -> str:
    """The SQL that writes what a new company finds in its schema at `until`; one brought here has its own."""
    steps = reversed(list(directory("tenant").iterate_revisions(until, "base")))
    found = (each for step in steps for each in getattr(step.module, "seeds", ()))
    return "".join(f"{statement};\n" for statement in found)


@lru_cache
def later(until: str | None = None) -> dict[str, tuple[str, ...]]:
    """The statements that revisions up to `until` (None: the head) leave for later, oldest first."""
    steps = directory("tenant").iterate_revisions(until or head("tenant"), "base")
    found = {step.revision: tuple(getattr(step.module, "later", ())) for step in steps}
    return {revision: found[revision] for revision in reversed(found) if found[revision]}


def replayed(rows: Sequence[tuple[str, str]], until: str) -> str:
    """The SQL that brings each (schema, present revision) to `until`, writes so down, and commits."""
    changes = [
        f"SET LOCAL search_path = {names.tenant_name(schema)}, ext;\n"
        + compiled(since, until).replace(ROLE_TOKEN, schema)
        for schema, since in rows
    ]
    quoted = ", ".join(f"'{schema}'" for schema, _ in rows) or "NULL"
    return (
        "\n".join(changes) + f"\nUPDATE kith.tenant_rev SET rev = '{_revision(until)}', at = now()"
        f" WHERE schema_name IN ({quoted}); COMMIT"
    )


def behind() -> list[str]:
    """The tenants' revisions below this release's head; those of a later release are not behind."""
    return older("tenant", head("tenant"))


def _revision(text: str) -> str:
    if not text.replace("_", "").isalnum():
        raise names.BadName(f"not a revision: {text!r}")
    return text


def is_too_old(rev: str | None) -> bool:
    """Whether this release cannot work with a tenant at `rev`; what it does not know is a later release's."""
    return rev in _too_old()


@lru_cache
def _too_old() -> frozenset[str | None]:
    return frozenset(older("tenant", NEEDED))


@lru_cache
def older(family: Family, than: str) -> list[str]:
    """The revisions before `than`, newest first."""
    steps = directory(family).iterate_revisions(than, "base")
    return [step.revision for step in steps if step.revision != than]
