"""A Chromium for the browser tests: without a window where it can be had, which costs a third; else any."""

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from app.commands import _packages

# The same engine without the browser around it.
SHELLS = ("chromium-headless-shell", "chrome-headless-shell")
WHOLE = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
REMEDY = "No Chromium was found and none could be installed: install one with your system's packages."


def find() -> str | None:
    """The path of the one that is there, KITH_CHROMIUM before all; None where there is none."""
    return _shell() or _on_path(WHOLE) or _of_playwright()


def find_or_install() -> str | None:
    """The same, installed where there was none; None where that failed."""
    return _shell() or _by_apt(SHELLS) or find() or _installed_by_playwright() or _by_apt(WHOLE)


def _shell() -> str | None:
    return os.environ.get("KITH_CHROMIUM") or _on_path(SHELLS) or _shell_of_playwright()


def _on_path(names: tuple[str, ...]) -> str | None:
    return next((path for name in names if (path := shutil.which(name))), None)


def _by_apt(names: tuple[str, ...]) -> str | None:
    return _on_path(names) if _packages.by_apt("Chromium", names[0]) else None


def _shell_of_playwright() -> str | None:
    shells = _place().parents[2].glob("chromium_headless_shell-*/*/*headless*shell")
    return next((str(path) for path in shells), None)


def _of_playwright() -> str | None:
    path = _place()
    return str(path) if path.exists() else None


def _installed_by_playwright() -> str | None:
    # Its libraries come from the system's packages, for which it asks root.
    extra = ["--with-deps"] if os.geteuid() == 0 else []
    command = [sys.executable, "-m", "playwright", "install", *extra, "--only-shell", "chromium"]
    return _shell_of_playwright() if _packages.ran("Chromium", "Playwright's installer", command) else None


def _place() -> Path:
    """Where Playwright would have its own."""
    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path)
