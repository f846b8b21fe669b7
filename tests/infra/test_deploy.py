"""A deployment migrates with the new image first, and goes on only when that went well."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from app.config import ROOT
from tests.infra.conftest import Tool
from tests.infra.terraform import Module

SCRIPT = ROOT / "infra" / "deploy"
# The cloud, as far as the script asks it.
TERRAFORM = """#!/bin/sh
echo "terraform $*" >> "$CALLS"
[ "$1" = output ] && echo "the-$3"
exit 0
"""
AWS = """#!/bin/sh
echo "aws $*" >> "$CALLS"
case "$*" in
  *describe-services*) echo "$RUNNING" ;;
  *describe-task-definition*) echo "registry/kith:1.0.0" ;;
  *run-task*) echo "task-1" ;;
  *lastStatus*) echo STOPPED ;;
  *exitCode*) echo "$EXIT_CODE" ;;
esac
"""


@pytest.fixture
def cloud(tmp_path: Path) -> Path:
    for name, text in (("terraform", TERRAFORM), ("aws", AWS)):
        program = tmp_path / name
        program.write_text(text)
        program.chmod(0o755)
    (tmp_path / "production.tfvars").touch()
    return tmp_path


def deploy(cloud: Path, *, exit_code: int = 0, running: str = "") -> tuple[int, list[str]]:
    calls = cloud / "calls"
    done = subprocess.run(
        ["bash", str(SCRIPT), str(cloud / "production.tfvars"), "1.1.0"],
        env={
            "PATH": f"{cloud}{os.pathsep}{os.environ['PATH']}", "CALLS": str(calls),
            "EXIT_CODE": str(exit_code), "RUNNING": running,
        },
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    return done.returncode, [
        line for line in calls.read_text().splitlines() if "output" not in line.split()[:2]
    ]


def applied(calls: list[str]) -> list[dict[str, str]]:
    return [
        dict(re.findall(r"-var (\w+)=(\S+)", call)) for call in calls if call.startswith("terraform apply")
    ]


def test_first_deployment_migrates_then_runs(cloud: Path) -> None:
    code, calls = deploy(cloud)
    assert code == 0
    assert applied(calls) == [
        {"migrate_image_tag": "1.1.0"},
        {"image_tag": "1.1.0", "migrate_image_tag": "1.1.0"},
    ]


def test_next_deployment_keeps_the_old_image_meanwhile(cloud: Path) -> None:
    _, calls = deploy(cloud, running="arn:task-definition/kith-production-web:7")
    assert applied(calls)[0] == {"image_tag": "1.0.0", "migrate_image_tag": "1.1.0"}


def test_failed_migration_changes_nothing_else(cloud: Path) -> None:
    code, calls = deploy(cloud, exit_code=1)
    assert code == 1
    assert len(applied(calls)) == 1


@pytest.mark.long
def test_script_breaks_no_rule(tool: Tool) -> None:
    done = subprocess.run([str(tool("shellcheck")), str(SCRIPT)], capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("", 0)


def test_outputs_that_it_asks_for_exist(environment: Module) -> None:
    asked = set(re.findall(r"terraform output -raw (\w+)", SCRIPT.read_text()))
    assert asked - environment.named("output").keys() == set()
