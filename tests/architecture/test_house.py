"""What may stand in the repository at all."""

import json
import re

import pytest

from tests.architecture.files import ROOT, text_of, tracked, under

REGISTRIES = re.compile(
    r"registry\.npmjs|files\.pythonhosted|pypi\.org/simple|registry\.yarnpkg|deb\.debian\.org"
)
MACHINE_PATHS = re.compile(r"(?<![\w.])/(?:work|root|Users)/\w|/home/[a-z]+/")
INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)|<style\b|\sstyle=[\"']|\son(?:click|load|error|submit|change|input|keydown|focus)=",
    re.IGNORECASE,
)
THIS_FILE = "tests/architecture/test_house.py"


@pytest.mark.parametrize("pattern", [REGISTRIES, MACHINE_PATHS], ids=["registries", "machine paths"])
def test_no_address_of_a_machine_or_registry(pattern: re.Pattern[str]) -> None:
    found = {
        str(path): match.group()
        for path in tracked()
        if str(path) != THIS_FILE and (match := pattern.search(text_of(path)))
    }
    assert found == {}


def test_lockfile_names_no_address() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text())
    assert lock["lockfileVersion"] == 3
    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []


def test_templates_have_no_inline_code() -> None:
    found = {
        str(path): match.group()
        for path in under("app/templates", ".html")
        if (match := INLINE.search(text_of(path)))
    }
    assert found == {}


def test_requirements_are_pinned_and_explained() -> None:
    explained = text_of(ROOT / "docs/decisions/0002-dependencies.md")
    names = []
    for file in (
        "requirements.txt",
        "requirements-local.txt",
        "requirements-test.txt",
        "requirements-infra.txt",
    ):
        for line in text_of(ROOT / file).splitlines():
            if line and not line.startswith(("#", "-r")):
                name, _, version = line.partition("==")
                assert version, f"{line} in {file} has no exact version"
                names.append(name.split("[")[0])
    missing = [name for name in names if f"`{name}`" not in explained]
    assert missing == []


def test_package_of_the_application_stays_empty() -> None:
    assert (ROOT / "app/__init__.py").read_text() == ""


def test_modules_say_what_they_are() -> None:
    silent = [
        str(path)
        for folder in ("app", "tenants", "workers", "stack", "tests")
        for path in under(folder, ".py")
        if str(path) != "app/__init__.py" and not text_of(path).lstrip().startswith('"""')
    ]
    assert silent == []


def test_no_third_party_data_is_committed() -> None:
    foreign = ("Maria Anders", "Alfreds Futterkiste", "adventure-works.com", "WHITE HANGING HEART")
    found = [
        str(path)
        for path in tracked()
        if path.suffix in {".csv", ".json", ".txt", ".py", ".sql"}
        and str(path) != THIS_FILE
        and path.parts[0] != "tests"
        and any(word in text_of(path) for word in foreign)
    ]
    assert found == []
