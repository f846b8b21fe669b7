"""Builds the browser's files: locked packages and own sources into one folder named after their content."""

import fcntl
import hashlib
import json
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from app.ui import bundle, texts
from app.ui.icons import ICONS
from app.ui.static import Revision, read, register

__all__ = ["AssetsFailed", "Revision", "build", "register"]

KEPT = 3


class AssetsFailed(RuntimeError):
    """The browser files could not be built; the message says why and what helps."""


def build(root: Path, npm: Sequence[str] = ("npm",)) -> Revision:
    """Makes `app/static/dist/<hash>/` of the checkout at `root` current; quick when nothing changed."""
    texts.compile_all(root / "app/translations")
    dist = root / "app/static/dist"
    dist.mkdir(parents=True, exist_ok=True)
    with _alone(dist / ".lock"):
        name = _hash(root)
        manifest = dist / "manifest.json"
        if manifest.exists() and (built := read(manifest)).name == name and built.folder.is_dir():
            return built
        _install(root, npm)
        return _publish(root, dist, name)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _hash(root: Path) -> str:
    sources = sorted(p for p in (root / "app/static/src").rglob("*") if p.is_file())
    told = hashlib.sha256()
    files = [
        root / "package-lock.json",
        Path(bundle.__file__),
        *sources,
    ]
    for path in files:
        told.update(str(path.relative_to(root)).encode() if path in sources else path.name.encode())
        told.update(hashlib.sha256(path.read_bytes()).digest())
    told.update(" ".join(sorted(ICONS)).encode())
    return told.hexdigest()[:16]


def _install(root: Path, npm: Sequence[str]) -> None:
    lock = hashlib.sha256((root / "package-lock.json").read_bytes()).hexdigest()
    stamp = root / "node_modules/.kith-lock"
    if stamp.exists() and stamp.read_text() == lock:
        return
    try:
        done = subprocess.run(
            [*npm, "ci", "--ignore-scripts"], cwd=root, capture_output=True, text=True, check=False
        )
    except OSError as error:
        raise AssetsFailed(f"npm did not start ({error}). Install Node 18 or newer.") from error
    if done.returncode:
        last = "\n".join((done.stderr or done.stdout).strip().splitlines()[-5:])
        raise AssetsFailed(f"npm could not install the browser libraries:\n{last}")
    stamp.write_text(lock)


def _publish(root: Path, dist: Path, name: str) -> Revision:
    work = Path(mkdtemp(prefix=".new-", dir=dist))
    try:
        work.chmod(0o755)
        files = bundle.write(root / "app/static/src", root / "node_modules", work)
        target = dist / name
        shutil.rmtree(target, ignore_errors=True)
        work.rename(target)
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise
    draft = dist / ".manifest.json"
    draft.write_text(json.dumps({"revision": name, "files": files}, indent=1), "utf-8")
    draft.rename(dist / "manifest.json")
    _forget_old(dist, target)
    return Revision(name, target, tuple(files))


def _forget_old(dist: Path, current: Path) -> None:
    """Keeps the few builds that pages still open in a browser may ask for."""
    folders = sorted(
        (p for p in dist.iterdir() if p.is_dir() and p != current), key=lambda p: p.stat().st_mtime
    )
    for folder in folders[: -(KEPT - 1)]:
        shutil.rmtree(folder, ignore_errors=True)
