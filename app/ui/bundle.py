"""Writes one build: layered CSS in one file, ES modules, the icon sprite, fonts, and compressed twins."""

import gzip
import re
import shutil
from pathlib import Path

import brotli

from app.ui.icons import ICONS

LAYERS = ("reset", "tokens", "base", "shell", "components", "pages", "states")
VENDORED = {
    "js/vendor/turbo.js": "@hotwired/turbo/dist/turbo.es2017-esm.js",
    "js/vendor/stimulus.js": "@hotwired/stimulus/dist/stimulus.js",
}
FONTS = {
    "fonts/inter-latin.woff2": "inter-ui/variable-latin/InterVariable-subset.woff2",
    "fonts/inter.woff2": "inter-ui/variable/InterVariable.woff2",
}
COMPRESSED = {".css", ".js", ".svg"}
# Turbo's progress bar adds a <style> element, which a strict policy refuses; ours is in the CSS.
TURBO_STYLE = "    this.installStylesheetElement();\n    this.setValue(0);"


class SourceChanged(RuntimeError):
    """A package no longer looks as this build expects."""


def write(source: Path, packages: Path, target: Path) -> list[str]:
    """Fills `target` and returns the names of its files without the compressed twins."""
    _text(target / "app.css", css(source / "css"))
    _text(target / "mail.css", (source / "mail.css").read_text("utf-8"))
    _text(target / "icons.svg", sprite(packages / "lucide-static/icons"))
    shutil.copytree(source / "js", target / "js")
    _text(target / "js/controllers.js", controllers(target / "js/controllers"))
    for name, origin in {**VENDORED, **FONTS}.items():
        _copy(packages / origin, target / name)
    _without_style(target / "js/vendor/turbo.js")
    if (source / "img").is_dir():
        shutil.copytree(source / "img", target / "img")
    files = sorted(p.relative_to(target).as_posix() for p in target.rglob("*") if p.is_file())
    for name in files:
        _compress(target / name)
    return files


def css(folder: Path) -> str:
    """All style sheets as one, each file inside the cascade layer its folder names."""
    parts = [f"@layer {', '.join(LAYERS)};\n"]
    for layer in LAYERS:
        for path in sorted((folder / layer).glob("*.css")):
            parts.append(f"@layer {layer} {{\n{path.read_text('utf-8')}}}\n")
    return "".join(parts)


def sprite(icons: Path) -> str:
    """One SVG with a symbol for each icon Kith uses."""
    symbols = []
    for name in sorted(ICONS):
        drawing = (icons / f"{name}.svg").read_text("utf-8")
        inner = re.sub(
            r"\s+", " ", drawing[drawing.index(">", drawing.index("<svg")) + 1 : drawing.rindex("</svg>")]
        )
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{inner.strip()}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">' + "\n".join(symbols) + "</svg>\n"


def controllers(folder: Path) -> str:
    """The module that names every Stimulus controller after its file: inline_edit.js is `inline-edit`."""
    names = sorted(path.stem for path in folder.glob("*.js"))
    imports = [f'import {_variable(name)} from "./controllers/{name}.js"' for name in names]
    entries = [f'  "{name.replace("_", "-")}": {_variable(name)},' for name in names]
    return "\n".join([*imports, "export default {", *entries, "}", ""])


def _variable(name: str) -> str:
    return "c_" + name


def _without_style(path: Path) -> None:
    text = path.read_text("utf-8")
    if text.count(TURBO_STYLE) != 1:
        raise SourceChanged("Turbo's progress bar is made in another way now: look at app/ui/bundle.py.")
    path.write_text(text.replace(TURBO_STYLE, "    this.setValue(0);"), "utf-8")


def _text(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, "utf-8")


def _copy(origin: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(origin, target)


def _compress(path: Path) -> None:
    if path.suffix not in COMPRESSED:
        return
    raw = path.read_bytes()
    path.with_name(path.name + ".gz").write_bytes(gzip.compress(raw, 9, mtime=0))
    path.with_name(path.name + ".br").write_bytes(brotli.compress(raw, quality=11))
