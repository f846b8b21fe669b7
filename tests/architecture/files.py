"""The files that are in the repository, as the tests of the house see them."""

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@cache
def tracked() -> tuple[Path, ...]:
    """Every file that git tracks or would track, relative to the root."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    ).stdout.decode()
    return tuple(Path(name) for name in listing.split("\0") if name and (ROOT / name).is_file())


def text_of(path: Path) -> str:
    """The text of a tracked file, or an empty string where it is no text."""
    try:
        return (ROOT / path).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def under(folder: str, *suffixes: str) -> list[Path]:
    """Tracked files below `folder` with one of `suffixes`."""
    return [p for p in tracked() if p.is_relative_to(folder) and p.suffix in suffixes]
