"""Settings from the environment."""

import pytest

from app.config import ConfigurationError, load

NEEDED = {
    "KITH_DATABASE_URL": "postgresql://kith_owner:secret@127.0.0.1:5432/kith",
    "KITH_REDIS_URL": "redis://127.0.0.1:6379/0",
    "KITH_SECRET_KEYS": "k" * 32,
}


def test_defaults_suit_a_local_machine() -> None:
    settings = load(NEEDED)
    assert settings.base_url == "http://localhost:8000"
    assert settings.server_name == "localhost:8000"
    assert settings.s3_public_url == "http://files.localhost:8000"
    assert not settings.secure


def test_secret_keys_rotate_newest_first() -> None:
    assert load({**NEEDED, "KITH_SECRET_KEYS": f"{'a' * 32}, {'b' * 32}"}).secret_keys == ("a" * 32, "b" * 32)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KITH_BASE_URL", "localhost:8000"),
        ("KITH_BASE_URL", "https://kith.example/crm"),
        ("KITH_BASE_URL", "http://localhost:port"),
        ("KITH_DATABASE_URL", "mysql://localhost/kith"),
        ("KITH_REDIS_URL", "127.0.0.1:6379"),
        ("KITH_S3_BUCKET", "my bucket"),
        ("KITH_SECRET_KEYS", "short"),
        ("KITH_SIGNUP", "yes"),
        ("KITH_TRUSTED_PROXIES", "everybody"),
    ],
)
def test_wrong_value_names_its_variable(name: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=name):
        load({**NEEDED, name: value})


@pytest.mark.parametrize("name", sorted(NEEDED))
def test_missing_value_names_its_variable(name: str) -> None:
    with pytest.raises(ConfigurationError, match=name):
        load({**NEEDED, name: ""})


def test_no_message_repeats_a_password() -> None:
    with pytest.raises(ConfigurationError) as refusal:
        load({**NEEDED, "KITH_DATABASE_URL": "mysql://kith:hush@localhost/kith"})
    assert "hush" not in str(refusal.value)
