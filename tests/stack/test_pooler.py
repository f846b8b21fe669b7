"""A pooler of one's own: asked for, it is a part, and the settings lead to it."""

from pathlib import Path

import pytest

from stack import layout, pgbouncer
from stack.errors import StackError
from stack.servers import Servers

BASE = "http://localhost:8000"


def test_pooler_is_a_part_only_when_asked_for(tmp_path: Path) -> None:
    plain = Servers(layout.prepare(tmp_path), BASE, {})
    pooled = Servers(layout.prepare(tmp_path), BASE, {"KITH_POOLER": "on"})
    elsewhere = {"KITH_POOLER": "on", "KITH_DATABASE_URL": "postgresql://owner:word@db.example/kith"}
    foreign = Servers(layout.prepare(tmp_path), BASE, elsewhere)

    assert "KITH_POOLER_URL" not in plain.settings
    assert pooled.settings["KITH_POOLER_URL"].startswith("postgresql://kith_pooler:")
    assert pooled.settings["KITH_POOLER_URL"].endswith(f":{pooled.ports['pgbouncer']}/kith_cell_1")
    assert pooled.pooler(("migrate",)).needs == ("migrate",)
    assert not foreign.is_pooled


def test_passwords_stay_when_a_pooler_comes_later(tmp_path: Path) -> None:
    before = Servers(layout.prepare(tmp_path), BASE, {}).settings
    after = Servers(layout.prepare(tmp_path), BASE, {"KITH_POOLER": "on"}).settings
    assert before["KITH_SECRET_KEYS"] == after["KITH_SECRET_KEYS"]
    assert before["KITH_DATABASE_URL"].split("@")[0] == after["KITH_DATABASE_URL"].split("@")[0]


def test_missing_pooler_says_how_to_get_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pgbouncer, "find", lambda: None)
    with pytest.raises(StackError, match="install pgbouncer"):
        pgbouncer.program(tmp_path, 6432)
