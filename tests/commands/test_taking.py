"""tenant export and import: a company out to a file and in again, also when one of the two is killed."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask

from app.commands import tenant as verbs
from app.domain.lifecycle import exporting, taking
from app.domain.lifecycle.archive import Reader
from tenants import catalogue
from tests.cast import Workspace
from tests.conftest import S3
from tests.domain.lifecycle import taking as company


@pytest.fixture(autouse=True)
def _furnished(
    app: Flask, s3: S3, nordwind: Workspace, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {**environ, "KITH_S3_ENDPOINT_URL": s3.url}.items():
        monkeypatch.setenv(name, value)
    with app.app_context():
        company.furnish(nordwind)


def test_company_goes_out_and_comes_in(nordwind: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "nordwind.kith"
    out = CliRunner().invoke(verbs.command, ["export", "nordwind", str(file), "--json"])
    back = CliRunner().invoke(verbs.command, ["import", str(file), "--slug", "nordwind-2", "--json"])

    assert (out.exit_code, back.exit_code) == (0, 0), out.output + back.output
    assert json.loads(out.stdout)["rows"] == json.loads(back.stdout)["rows"] > 10
    copy = catalogue.by_slug("nordwind-2")
    assert copy is not None
    assert company.totals(copy)["contacts"] == company.totals(nordwind.tenant)["contacts"]


def test_export_that_was_killed_goes_on(
    app: Flask, nordwind: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "nordwind.kith"

    def die(*_: object) -> bool:
        raise KeyboardInterrupt

    with monkeypatch.context() as dead, app.app_context():
        dead.setattr(exporting, "advance", die)
        with pytest.raises(KeyboardInterrupt):
            taking.to_file(nordwind.tenant, file)
        assert not file.exists()
    with app.app_context():
        monkeypatch.setattr(exporting, "begin", die)  # it would be begun anew
        done = taking.to_file(nordwind.tenant, file)
    with file.open("rb") as whole:
        assert list(Reader(whole).verify())
    assert done.state == "done"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["export", "nobody", "x.kith"], "no workspace nobody"),
        (["move", "nordwind", "--to", "cell-9"], "There is no cell cell-9"),
        (["move", "nordwind", "--confirm"], "No move of Nordwind GmbH"),
        (["move", "nordwind"], "Say one of"),
        (["import", __file__, "--slug", "other"], "This is no archive"),
    ],
)
def test_nonsense_is_answered_with_a_sentence(arguments: list[str], sentence: str, tmp_path: Path) -> None:
    answer = CliRunner().invoke(verbs.command, arguments)
    assert answer.exit_code != 0
    assert sentence in f"{answer.output} {answer.exception}"
