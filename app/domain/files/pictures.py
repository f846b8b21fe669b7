"""Small pictures of pictures: made once, in a worker, with nothing of the original but its looks."""

import logging
from dataclasses import dataclass
from io import BytesIO
from uuid import NAMESPACE_OID, UUID, uuid5

from PIL import ExifTags, Image, ImageFile, ImageOps

from app.core import storage
from app.domain.files.models import File
from app.domain.files.rules import PICTURES
from tenants.session import session

log = logging.getLogger("kith.files")

THUMBNAIL_JOB = "files.thumbnail"
# On a screen with two dots a point, a thumbnail of 240 points.
EDGE = 480
LARGEST_BYTES = 64 * 1024 * 1024
# A picture in memory takes four bytes a dot; a JPEG is read at an eighth of its size.
MOST_DOTS, MOST_JPEG_DOTS = 24_000_000, 150_000_000
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "AVIF")
_PLAIN = frozenset({"RGB", "RGBA"})
_ON_ITS_SIDE = frozenset({5, 6, 7, 8})
# Frames within a file are held to it too.
Image.MAX_IMAGE_PIXELS = MOST_JPEG_DOTS


class TooLarge(ValueError):
    """A picture of more dots than anybody needs, or one that pretends to be small."""


@dataclass(frozen=True)
class Thumbnail:
    """A WebP picture of at most EDGE dots each way, and the size in dots of what it shows."""

    body: bytes
    width: int
    height: int


def picture(file_id: UUID) -> None:
    """Store the thumbnail of a file and the size of what it shows; one that cannot be read has none."""
    file = session.get(File, file_id)
    if file is None or file.state != "ready" or file.sniffed_type not in PICTURES:
        return
    if file.size > LARGEST_BYTES:
        return
    body = storage.get(file.storage_key)
    try:
        small = thumbnail(body)
    except Exception as broken:
        # Whatever a decoder raises about a hostile file: it stays a file without a picture.
        log.info("no thumbnail of %s: %s", file_id, type(broken).__name__)
        return
    # The key follows from the file's, so that a second try replaces what the first one left.
    key = storage.new_key(uuid5(NAMESPACE_OID, f"thumbnail of {file.storage_key}"))
    storage.put(key, small.body, "image/webp")
    file.thumbnail_key, file.width, file.height = key, small.width, small.height


def thumbnail(body: bytes) -> Thumbnail:
    """A small picture of `body`, upright and without its metadata.

    Raises TooLarge for a flood of dots (ASVS 5.0, 5.2.6) before any of them is read, and what Pillow raises
    for what is no picture.
    """
    with Image.open(BytesIO(body), formats=_FORMATS) as opened:
        most = MOST_JPEG_DOTS if opened.format == "JPEG" else MOST_DOTS
        if opened.width * opened.height > most:
            raise TooLarge(f"{opened.width} x {opened.height}")
        width, height = opened.size
        small = _small(opened)
        if opened.getexif().get(ExifTags.Base.Orientation) in _ON_ITS_SIDE:
            width, height = height, width
    out = BytesIO()
    small.save(out, "WEBP", quality=80)
    return Thumbnail(out.getvalue(), width, height)


def _small(opened: ImageFile.ImageFile) -> Image.Image:
    orientation = opened.getexif()
    opened.draft("RGB", (EDGE, EDGE))
    opened.load()
    plain: Image.Image = opened if opened.mode in _PLAIN else opened.convert("RGBA")
    plain.thumbnail((EDGE, EDGE))
    plain.info = {"exif": orientation.tobytes()} if orientation else {}
    upright = ImageOps.exif_transpose(plain)
    upright.info = {}
    return upright
