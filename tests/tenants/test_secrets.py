"""Secrets at rest: data keys that a master key wraps, and changing both without losing anything."""

from collections.abc import Iterator

import psycopg
import pytest
from cryptography.fernet import Fernet, InvalidToken

from app.config import Settings
from tenants.driver import psycopg_url
from tenants.masters import fernet
from tenants.secrets import Vault

OLD = "a key of last year, long enough for anybody"
NEW = "a key of this year, long enough for anybody"


@pytest.fixture
def url(settings: Settings, ground_floor: None) -> str:
    """A control database, whose data keys are given back as they were."""
    return psycopg_url(settings.database_url)


@pytest.fixture(autouse=True)
def _keys_as_before(url: str) -> Iterator[None]:
    with psycopg.connect(url, autocommit=True) as control:
        rows = control.execute("SELECT provider, master, wrapped, id FROM kith.data_keys").fetchall()
        yield
        control.execute("DELETE FROM kith.data_keys WHERE id <> ALL (%s)", [[row[3] for row in rows]])
        for row in rows:
            control.execute(
                "UPDATE kith.data_keys SET provider = %s, master = %s, wrapped = %s, retired_at = NULL"
                " WHERE id = %s",
                row,
            )


def keys(settings: Settings, *more: str) -> tuple[str, ...]:
    return (*more, *settings.secret_keys)


def test_sealed_names_its_key_and_tells_nothing(url: str, settings: Settings) -> None:
    vault = Vault(url, keys(settings))
    sealed = vault.seal("secret")

    assert vault.open(sealed) == "secret"
    assert "secret" not in sealed
    assert sealed.partition(".")[0] == vault.keyring.newest()[0].hex


def test_sealing_asks_the_database_once(
    url: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = Vault(url, keys(settings))
    vault.seal("first")
    monkeypatch.setattr(psycopg, "connect", None)

    assert vault.open(vault.seal("second")) == "second"


def test_values_from_before_data_keys_open(url: str, settings: Settings) -> None:
    bare = fernet(settings.secret_keys[0]).encrypt(b"secret").decode()

    assert Vault(url, keys(settings, NEW)).open(bare) == "secret"


def test_data_key_rotates_in_every_process(url: str, settings: Settings) -> None:
    here, there = Vault(url, keys(settings)), Vault(url, keys(settings))
    old, seen = here.seal("old"), there.seal("seen")
    here.keyring.rotate()
    new = here.seal("new")

    assert new.partition(".")[0] != old.partition(".")[0]
    assert [there.open(each) for each in (old, seen, new)] == ["old", "seen", "new"]
    assert here.is_fresh(new)
    assert not here.is_fresh(old)


def test_secret_key_is_dropped_after_rewrapping(url: str, settings: Settings) -> None:
    sealed = Vault(url, keys(settings)).seal("secret")
    assert Vault(url, keys(settings, NEW)).keyring.rewrap() > 0
    assert Vault(url, keys(settings, NEW)).keyring.rewrap() == 0

    assert Vault(url, (NEW,)).open(sealed) == "secret"
    with pytest.raises(InvalidToken):
        Vault(url, settings.secret_keys).open(sealed)


def test_without_its_master_key_nothing_opens(url: str, settings: Settings) -> None:
    sealed = Vault(url, keys(settings)).seal("secret")

    with pytest.raises(InvalidToken):
        Vault(url, (OLD,)).open(sealed)


def test_dropped_data_key_opens_nothing(url: str, settings: Settings) -> None:
    vault = Vault(url, keys(settings))
    vault.keyring.rotate()
    sealed = vault.seal("secret")
    gone = vault.keyring.newest()[0]
    vault.keyring.rotate()
    vault.keyring.drop(gone)

    with pytest.raises(InvalidToken):
        Vault(url, keys(settings)).open(sealed)


def test_key_that_seals_is_never_dropped(url: str, settings: Settings) -> None:
    vault = Vault(url, keys(settings))
    sealed = vault.seal("secret")
    vault.keyring.drop(vault.keyring.newest()[0])

    assert Vault(url, keys(settings)).open(sealed) == "secret"


@pytest.mark.parametrize("forged", ["", ".", "x.y", f"{'0' * 32}.{'A' * 100}", "gAAAAA"])
def test_forged_text_is_refused(url: str, settings: Settings, forged: str) -> None:
    with pytest.raises(InvalidToken):
        Vault(url, keys(settings)).open(forged)


def test_remote_master_wraps_and_unwraps(
    url: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Remote:
        provider, name = "test-kms", "alias/kith"
        _fernet = Fernet(Fernet.generate_key())

        def wrap(self, key: bytes) -> bytes:
            return self._fernet.encrypt(key)

        def unwrap(self, master: str, wrapped: bytes) -> bytes:
            assert master == self.name
            return self._fernet.decrypt(wrapped)

    before = Vault(url, keys(settings)).seal("before")
    monkeypatch.setattr("tenants.masters._remote", Remote())
    vault = Vault(url, (NEW, *settings.secret_keys))
    vault.keyring.rewrap()

    assert {each.provider for each in vault.keyring.every()} == {"test-kms"}
    assert Vault(url, (NEW,)).open(before) == "before"
    monkeypatch.setattr("tenants.masters._remote", None)
    with pytest.raises(InvalidToken):
        Vault(url, keys(settings)).open(before)
