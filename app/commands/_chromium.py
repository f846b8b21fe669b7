"""A Chromium for the browser tests: the one that is there, else Playwright's, else the system's packages."""

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from app.commands import _packages

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
REMEDY = "No Chromium was found and none could be installed: install one with your system's packages."


def find_or_install() -> str | None:
    """The path of a Chromium, installed where there was none; None where that failed."""
    return _on_path() or _of_playwright() or _installed_by_playwright() or _installed_by_apt()


def _on_path() -> str | None:
    named = os.environ.get("KITH_CHROMIUM")
    return named or next((path for name in NAMES if (path := shutil.which(name))), None)


def _of_playwright() -> str | None:
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def _installed_by_playwright() -> str | None:
    # Its libraries come from the system's packages, for which it asks root.
    extra = ["--with-deps"] if os.geteuid() == 0 else []
    command = [sys.executable, "-m", "playwright", "install", *extra, "chromium"]
    return _of_playwright() if _packages.ran("Chromium", "Playwright's installer", command) else None


def _installed_by_apt() -> str | None:
    return _on_path() if _packages.by_apt("Chromium", "chromium") else None
