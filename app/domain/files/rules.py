"""What a file may be called, how large it may be, what it claims to be and how it is given out. Pure."""

import re
import unicodedata
from datetime import timedelta
from mimetypes import MimeTypes

# How long an upload may take from its request to its completion.
PENDING = timedelta(hours=1)
# How long the trash keeps a file, and a file that was never attached to anything.
KEPT_TRASH = timedelta(days=30)
KEPT_LOOSE = timedelta(days=1)
# Uploads that one person may have open at once; a portal is open to anybody.
MOST_PENDING = {"customer": 20, "member": 200, "client": 200, "system": 1000}

LONGEST_NAME = 255
UNNAMED = "file"
UNKNOWN = "application/octet-stream"
PDF = "application/pdf"
SVG = "image/svg+xml"
HTML = "text/html"
# Pictures of dots, which run nothing in a browser; only these are shown in place, and pictured small.
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"})
SHOWN = PICTURES | {PDF}
PROGRAMS = frozenset(
    {
        "application/vnd.microsoft.portable-executable",
        "application/x-msdownload",
        "application/x-dosexec",
        "application/x-executable",
        "application/x-elf",
        "application/x-mach-binary",
        "application/x-sharedlib",
    }
)

_TYPE = re.compile(r"[a-z0-9][\w.+-]{0,62}/[a-z0-9][\w.+-]{0,62}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
# Built-in types only: those of the machine differ from one to the next.
_TYPES = MimeTypes(filenames=())
_MODERN = {".webp": "image/webp", ".avif": "image/avif"}


def clean_name(name: str) -> str:
    """`name` as one line that hides nothing: no path, no control and no direction marks, 255 at most."""
    composed = unicodedata.normalize("NFC", name.encode("utf-8", "replace").decode())
    last = composed.replace("\\", "/").rstrip("/").rpartition("/")[2]
    # Cc, Cf, Co, Cs, Cn: invisible, or able to turn "gpj.exe" round; Zl, Zp: line ends of their own.
    kept = "".join(c for c in last if unicodedata.category(c)[0] != "C" and c not in "\u2028\u2029")
    short = " ".join(kept.split()).strip(". ") if set(kept) <= {".", " "} else " ".join(kept.split())
    return _shortened(short) or UNNAMED


def _shortened(name: str) -> str:
    if len(name) <= LONGEST_NAME:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > 20:
        return name[:LONGEST_NAME]
    return f"{stem[: LONGEST_NAME - len(ending) - 2]}….{ending}"[:LONGEST_NAME]


def clean_type(content_type: str) -> str:
    """The media type without its parameters; the unknown one where it is none."""
    plain = content_type.partition(";")[0].strip().lower()
    return plain if _TYPE.fullmatch(plain) else UNKNOWN


def is_sha256(text: str) -> bool:
    """Whether `text` is a SHA-256 digest in lower-case hexadecimal."""
    return _SHA256.fullmatch(text) is not None


def claimed_type(name: str, declared: str) -> str:
    """What the file says it is: its name's ending counts, else the declared type."""
    ending = name.rpartition(".")[2].lower()
    known = _MODERN.get(f".{ending}") or _TYPES.guess_type(name, strict=False)[0]
    return known or declared


def is_disguised(claimed: str, sniffed: str) -> bool:
    """Whether the bytes are another kind of thing than the name makes people believe (ASVS 5.0, 5.2.2)."""
    if claimed in PICTURES:
        return not sniffed.startswith("image/") or sniffed == SVG
    if claimed == PDF:
        return sniffed != PDF
    return sniffed in PROGRAMS and claimed not in PROGRAMS and claimed != UNKNOWN


def given_out_as(sniffed: str | None) -> str:
    """The type that a browser is told: one that it cannot run."""
    return sniffed if sniffed in SHOWN else UNKNOWN
