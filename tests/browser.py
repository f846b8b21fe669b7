"""A real Chromium for the tests: the one that is there, else Playwright's own."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from app.commands import _chromium

FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost, EXCLUDE 127.0.0.1",
)
# Where people in browsers are, and so the companies that they sign up.
ZONE = "Europe/Berlin"
# How long a page may take for what is expected of it, where other tests are at work beside it.
PATIENCE_MS = 30_000
MISSING = "no Chromium: install one, or run `playwright install chromium`"


@contextmanager
def chromium() -> Iterator[Browser]:
    """One browser; each test takes a context of its own from it. Skips where there is none."""
    path = _chromium.find()
    if path is None or not Path(path).exists():
        _do_without(MISSING)
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        except PlaywrightError as error:
            _do_without(f"{MISSING} ({error.message.splitlines()[0]})")
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def choosing(page: Page, *files: FilePayload) -> Iterator[None]:
    """Chooses these in the dialog for files that opens within.

    The browser is told first, and has answered something since, that such dialogs are ours: on a busy
    machine one in ten opened before it knew, and was gone.
    """
    page.once("filechooser", lambda chooser: chooser.set_files(list(files)))
    page.evaluate("0")
    with page.expect_file_chooser():
        yield


@contextmanager
def timeless(page: Page) -> Iterator[None]:
    """Within the block no time passes on the page: keys that belong together do so on a busy machine too."""
    page.clock.install()
    page.clock.pause_at(page.evaluate("Date.now() + 1000"))
    yield
    page.clock.resume()


def is_fault(error: PlaywrightError) -> bool:
    """Whether a script did something wrong.

    Typing on takes back the request before, of which Turbo tells in other words when its answer has begun.
    """
    return error.name != "AbortError"


def _do_without(reason: str) -> NoReturn:
    """Skips, but under CI nothing may be skipped."""
    if os.environ.get("CI", "").lower() in {"1", "true", "yes"}:
        pytest.fail(reason)
    pytest.skip(reason)
