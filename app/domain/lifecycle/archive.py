"""The archive of a company: one zip file (APPNOTE 6.3, ZIP64), written piece by piece, read with limits."""

import hashlib
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import IO, Any, Protocol

import orjson

MANIFEST = "manifest.json"
CHUNK = 256 * 1024
# What a company really has packs to a tenth; a bomb packs to a thousandth.
MOST_RATIO = 100
FREE_BYTES = 100_000_000
MOST_MANIFEST = 64_000_000
MOST_ENTRIES = 2_000_000
_QUICK = 1
_AFTERWARDS = 0x08
_UNREADABLE = (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError)


class BadArchive(Exception):
    """The file cannot be taken: a sentence for who brought it."""


class Sink(Protocol):
    """Where the archive is written to, from its beginning on; `tell` counts all that was ever written."""

    def write(self, data: bytes, /) -> int: ...

    def tell(self) -> int: ...

    def flush(self) -> None: ...


@dataclass(frozen=True)
class Entry:
    """One file in the archive: sizes in bytes, SHA-256 (hexadecimal) of its content, where it begins."""

    name: str
    size: int
    sha256: str
    crc: int
    packed: int
    offset: int
    is_stored: bool


class Writer:
    """Adds entries to an archive; one that broke off goes on with the entries and the place it had."""

    def __init__(self, sink: Sink, entries: Iterable[Mapping[str, Any]] = ()) -> None:
        self.entries = [Entry(**each) for each in entries]
        self._zip = zipfile.ZipFile(_Stream(sink), "w")  # type: ignore[call-overload]
        self._zip.filelist.extend(map(_restored, self.entries))

    def add(self, name: str, pieces: Iterable[bytes], *, is_stored: bool = False) -> Entry:
        """Write one entry; bytes that are packed already are only stored."""
        info = _info(name, is_stored)
        digest = hashlib.sha256()
        with self._zip.open(info, "w", force_zip64=True) as into:
            for piece in _gathered(pieces):
                digest.update(piece)
                into.write(piece)
        entry = Entry(
            name,
            info.file_size,
            digest.hexdigest(),
            info.CRC,
            info.compress_size,
            info.header_offset,
            is_stored,
        )
        self.entries.append(entry)
        return entry

    def finish(self, manifest: Mapping[str, Any]) -> None:
        """Write the manifest, which lists all entries, and the directory: now the archive is whole."""
        listed = [{"name": each.name, "size": each.size, "sha256": each.sha256} for each in self.entries]
        self.add(MANIFEST, [orjson.dumps({**manifest, "entries": listed}, option=orjson.OPT_INDENT_2)])
        self._zip.close()

    @property
    def state(self) -> list[dict[str, Any]]:
        """What a later Writer needs to go on, as JSON."""
        return [asdict(each) for each in self.entries]


class Reader:
    """An archive that lies in a file; nothing is believed that was not checked."""

    def __init__(self, file: IO[bytes]) -> None:
        """Raises BadArchive for what is no archive, not whole, or would unpack to too much."""
        try:
            self._zip = zipfile.ZipFile(file)
            self._infos = {info.filename: info for info in self._zip.infolist()}
            self.manifest: dict[str, Any] = self._read_manifest()
        except _UNREADABLE as error:
            raise BadArchive(f"This is no archive, or not a whole one: {error}.") from error
        self._packed = sum(info.compress_size for info in self._infos.values())
        self._check_names()

    def verify(self) -> Iterator[int]:
        """Read everything and compare it with the manifest; yields the bytes read so far."""
        done = 0
        for entry in self.manifest["entries"]:
            for piece in self.read(entry["name"]):
                done += len(piece)
                yield done

    def read(self, name: str) -> Iterator[bytes]:
        """The bytes of one entry; raises BadArchive at the end where they are not what the manifest says."""
        wanted = self._wanted[name]
        digest, size = hashlib.sha256(), 0
        try:
            with self._zip.open(self._infos[name]) as entry:
                while piece := entry.read(CHUNK):
                    digest.update(piece)
                    size += len(piece)
                    if size > wanted["size"]:
                        break
                    yield piece
        except _UNREADABLE as error:
            raise BadArchive(f"{name} cannot be read: {error}.") from error
        if size != wanted["size"] or digest.hexdigest() != wanted["sha256"]:
            raise BadArchive(f"{name} is not what was exported: its checksum differs.")

    def _read_manifest(self) -> dict[str, Any]:
        info = self._infos.get(MANIFEST)
        if info is None or len(self._infos) > MOST_ENTRIES:
            raise BadArchive("This is no archive of a company: it has no manifest.")
        with self._zip.open(info) as entry:
            text = entry.read(MOST_MANIFEST + 1)
        try:
            found = orjson.loads(text) if len(text) <= MOST_MANIFEST else None
        except orjson.JSONDecodeError:
            found = None
        if not isinstance(found, dict) or not _is_list(found.get("entries")):
            raise BadArchive("The manifest of this archive cannot be read.")
        return found

    def _check_names(self) -> None:
        self._wanted = {each["name"]: each for each in self.manifest["entries"]}
        if self._wanted.keys() | {MANIFEST} != self._infos.keys():
            raise BadArchive("The archive does not hold what its manifest says.")
        unpacked = sum(each["size"] for each in self._wanted.values())
        if unpacked > self._packed * MOST_RATIO + FREE_BYTES:
            raise BadArchive("The archive would unpack to far more than any company has.")


class _Stream:
    """A sink as `zipfile` takes it: without a way back."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink

    def write(self, data: bytes) -> int:
        return self._sink.write(data)

    def tell(self) -> int:
        return self._sink.tell()

    def flush(self) -> None:
        self._sink.flush()


def _info(name: str, is_stored: bool) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.compress_type = zipfile.ZIP_STORED if is_stored else zipfile.ZIP_DEFLATED
    info._compresslevel = _QUICK  # type: ignore[attr-defined]
    info.external_attr = 0o600 << 16
    return info


def _restored(entry: Entry) -> zipfile.ZipInfo:
    info = _info(entry.name, entry.is_stored)
    info.CRC, info.file_size, info.compress_size = entry.crc, entry.size, entry.packed
    info.header_offset, info.flag_bits = entry.offset, _AFTERWARDS
    return info


def _gathered(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces worth a call."""
    waiting: list[bytes] = []
    size = 0
    for piece in pieces:
        waiting.append(piece)
        size += len(piece)
        if size >= CHUNK:
            yield b"".join(waiting)
            waiting, size = [], 0
    if waiting:
        yield b"".join(waiting)


def _is_list(entries: object) -> bool:
    return isinstance(entries, Sequence) and all(
        isinstance(each, dict)
        and isinstance(each.get("name"), str)
        and isinstance(each.get("sha256"), str)
        and isinstance(each.get("size"), int)
        and each["size"] >= 0
        for each in entries
    )
