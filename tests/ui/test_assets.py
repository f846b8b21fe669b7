"""The build: one folder named after its content, made again only when something changed."""

import gzip
import json
import re
import shutil
import sys
from pathlib import Path

import brotli
import pytest
from flask import Flask

from app.config import ROOT
from app.ui import assets, bundle
from app.ui.icons import ICONS, icon
from app.ui.static import Revision

NPM = (sys.executable, "-c", "pass")


@pytest.fixture
def checkout(tmp_path: Path, revision: Revision) -> Path:
    """A checkout with the packages already there, apart from the real one."""
    for name in ("package.json", "package-lock.json"):
        shutil.copy(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / "app/static/src", tmp_path / "app/static/src")
    (tmp_path / "node_modules").mkdir()
    for package in ("@hotwired", "inter-ui", "lucide-static"):
        (tmp_path / "node_modules" / package).symlink_to(ROOT / "node_modules" / package)
    return tmp_path


def test_builds_once_and_again_after_a_change(checkout: Path) -> None:
    first = assets.build(checkout, NPM)
    changed = first.folder.stat().st_mtime_ns
    assert assets.build(checkout, NPM) == first
    assert first.folder.stat().st_mtime_ns == changed
    (checkout / "app/static/src/css/pages/more.css").write_text(".more { color: var(--ink) }\n")
    second = assets.build(checkout, NPM)
    assert second.name != first.name
    assert ".more" in (second.folder / "app.css").read_text()
    assert json.loads((checkout / "app/static/dist/manifest.json").read_text())["revision"] == second.name


def test_equal_sources_give_equal_names(checkout: Path, revision: Revision) -> None:
    assert assets.build(checkout, NPM).name == revision.name


def test_a_failing_npm_is_one_clear_sentence(checkout: Path) -> None:
    with pytest.raises(assets.AssetsFailed, match="Install Node"):
        assets.build(checkout, ("/no/such/npm",))
    with pytest.raises(assets.AssetsFailed, match="registry is away"):
        assets.build(checkout, (sys.executable, "-c", "import sys; sys.exit('registry is away')"))


def test_layers_come_in_their_order(revision: Revision) -> None:
    css = (revision.folder / "app.css").read_text()
    assert css.startswith(f"@layer {', '.join(bundle.LAYERS)};")


def test_compressed_twins_hold_the_same(revision: Revision) -> None:
    raw = (revision.folder / "app.css").read_bytes()
    assert gzip.decompress((revision.folder / "app.css.gz").read_bytes()) == raw
    assert brotli.decompress((revision.folder / "app.css.br").read_bytes()) == raw


def test_modules_import_only_what_was_built(revision: Revision) -> None:
    for path in revision.folder.rglob("*.js"):
        for name in re.findall(r"""^import [^"']*["']([^"']+)["']""", path.read_text(), re.M):
            assert name.startswith("."), f"{path.name} imports {name}"
            assert (path.parent / name).resolve().is_file(), f"{path.name} imports {name}"


def test_the_sprite_has_every_icon_of_the_templates(revision: Revision, gallery_app: Flask) -> None:
    asked = re.compile(r"""(?:icon\(|draw_icon\(|icon=)["']([a-z0-9-]+)["']""")
    templates = (ROOT / "app/templates").rglob("*.html")
    used = {name for path in templates for name in asked.findall(path.read_text())}
    assert used <= ICONS
    sprite = (revision.folder / "icons.svg").read_text()
    assert all(f'<symbol id="{name}"' in sprite for name in ICONS)


def test_an_unknown_icon_is_refused(gallery_app: Flask) -> None:
    with pytest.raises(KeyError, match="no-such-icon"):
        icon("no-such-icon")


def test_the_lockfile_names_no_registry() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text())
    assert lock["lockfileVersion"] == 3
    assert not [name for name, package in lock["packages"].items() if "resolved" in package]


def test_built_files_are_kept_for_ever_and_nothing_else_is_served(
    gallery_app: Flask, revision: Revision
) -> None:
    client = gallery_app.test_client()
    with client.get(f"/static/{revision.name}/app.css", buffered=True) as answer:
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]
    assert client.get(f"/static/{revision.name}/../manifest.json").status_code == 404
    assert client.get(f"/static/{revision.name}/no.css").status_code == 404


def test_every_macro_is_described() -> None:
    described = (ROOT / "docs/components.md").read_text()
    inner = {"common", "combobox_input", "go", "look_menu", "side", "bottom", "crumb_list"}
    inner |= {"house", "own_places", "find_button", "foot"}
    shells = {"command_menu", "key_sheet", "dialog_host", "confirm_dialog", "clash_dialog", "toasts"}
    for path in (ROOT / "app/templates/components").glob("*.html"):
        for name in re.findall(r"{% macro (\w+)\(", path.read_text()):
            assert name in inner | shells or f"{name}(" in described, f"{name} of {path.name}"
