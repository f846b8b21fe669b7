"""The environment in infra/terraform could be applied, as far as can be told without an account."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.infra import arguments, references, terraform
from tests.infra.conftest import Tool
from tests.infra.provider import Provider
from tests.infra.terraform import Module

SENSIBLE = {**os.environ, "CHECKPOINT_DISABLE": "1"}


MISTAKES = [
    ('resource "aws_vpc" "a" { cidr_blok = "10.0.0.0/16" }', "no argument cidr_blok, perhaps cidr_block"),
    ('resource "aws_vpcc" "a" {}', "the provider has no resource aws_vpcc"),
    ('resource "aws_db_instance" "a" {}', "instance_class is required"),
    ('resource "aws_lb" "a" {\n access_logs {\n bukket = "b"\n }\n}', "access_logs: no argument bukket"),
    ('resource "aws_lb" "a" { access_logs = "b" }', "access_logs is a block, not an argument"),
    ('resource "aws_lb" "a" {\n idle_timeout {\n a = 1\n }\n}', "idle_timeout is an argument"),
    (
        'resource "aws_lb" "a" {\n dynamic "access_logs" {\n for_each = []\n content {\n x = 1\n}\n}\n}',
        "access_logs: no argument x",
    ),
]
NAMES = [
    ('output "a" {\n description = "A"\n value = var.nowhere\n}', "var.nowhere is nowhere"),
    ('locals {\n a = "${aws_vpc.gone.id}"\n}', "aws_vpc.gone is nowhere"),
    ('resource "aws_vpc" "a" {}\nlocals {\n a = aws_vpc.a.adress\n}', "aws_vpc has no adress"),
    ('variable "a" {\n type = string\n}', "var.a has no description"),
    ("locals {\n a = 1\n}", "local.a is not used"),
]


@pytest.fixture(scope="module")
def planted() -> dict[str, Module]:
    """Each planted text as a module of its own, all read in one go."""
    texts = [text for text, _ in (*MISTAKES, *NAMES)]
    read = terraform.parse({f"{number}.tf": text for number, text in enumerate(texts)}).files
    return {text: Module({"planted.tf": read[f"{number}.tf"]}) for number, text in enumerate(texts)}


def test_files_are_formatted(tool: Tool) -> None:
    done = subprocess.run(
        [str(tool("terraform")), "fmt", "-check", "-diff", str(terraform.FOLDER)],
        capture_output=True, text=True, env=SENSIBLE, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "")


def test_provider_takes_every_argument(environment: Module, aws: Provider) -> None:
    assert len(list(environment.blocks())) > 80
    assert arguments.faults(environment, aws) == []


def test_every_name_leads_somewhere(environment: Module, aws: Provider) -> None:
    assert references.faults(environment, aws) == []


def test_provider_is_the_one_that_was_checked_against(environment: Module) -> None:
    wanted = environment.files["versions.tf"]["terraform"][0]["required_providers"][0]["aws"]["version"]
    assert wanted == "~> 6.69"


@pytest.mark.long
def test_policies_find_nothing(tool: Tool) -> None:
    done = subprocess.run(
        [
            str(tool("python")), "-m", "checkov.main", "--directory", str(terraform.FOLDER),
            "--framework", "terraform", "--skip-download", "--output", "json", "--quiet",
        ],
        capture_output=True, text=True, env={**SENSIBLE, "LOG_LEVEL": "ERROR"}, check=False,
    )  # fmt: skip
    told = json.loads(done.stdout)
    failed = [f"{each['check_id']} {each['resource']}" for each in told["results"]["failed_checks"]]
    assert failed == []
    assert told["summary"]["parsing_errors"] == 0
    assert told["summary"]["passed"] > 250


def test_what_a_policy_overlooks_has_a_reason() -> None:
    skips = [
        line.strip()
        for path in sorted(terraform.FOLDER.glob("*.tf"))
        for line in path.read_text().splitlines()
        if "checkov:skip" in line
    ]
    assert [skip for skip in skips if not re.fullmatch(r"# checkov:skip=CKV2?_AWS_\d+:\w.{5,}", skip)] == []


def test_no_account_region_or_secret_is_written_down() -> None:
    for path in terraform.FOLDER.glob("*.tf"):
        text = re.sub(r"(description|error_message)\s*=.*", "", path.read_text())
        assert not re.search(r"\b\d{12}\b", text), path.name
        assert not re.search(r"\b(?:eu|us|ap|sa|ca|me|af)-[a-z]+-\d\b", re.sub(r"#.*", "", text)), path.name
        assert not re.search(r"AKIA|-----BEGIN", text), path.name


def test_variables_of_the_example_exist(environment: Module) -> None:
    example = (terraform.FOLDER / "example.tfvars").read_text()
    named = set(re.findall(r"^(?:# )?(\w+) +=", example, re.MULTILINE))
    variables = environment.named("variable")
    assert named - variables.keys() == set()
    needed = {name for name, body in variables.items() if "default" not in body}
    assert needed - named == set()


@pytest.mark.parametrize(("text", "said"), MISTAKES)
def test_planted_mistake_is_found(planted: dict[str, Module], text: str, said: str, aws: Provider) -> None:
    assert any(said in fault for fault in arguments.faults(planted[text], aws))


@pytest.mark.parametrize(("text", "said"), NAMES)
def test_planted_name_is_found(planted: dict[str, Module], text: str, said: str, aws: Provider) -> None:
    assert any(said in fault for fault in references.faults(planted[text], aws))


def test_broken_grammar_is_found(tmp_path: Path) -> None:
    with pytest.raises(terraform.NotTerraform, match=r"planted\.tf"):
        terraform.parse({"planted.tf": 'resource "aws_vpc" "a" {\n cidr_block = \n}'})
