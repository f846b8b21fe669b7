"""Small pictures: made by a worker of what is safe to read, with nothing else of the original."""

import io
from typing import Any

import pytest
from flask import Flask
from PIL import Image

from app.core import storage
from app.core.actor import Actor
from app.domain.files import actions, pictures
from app.domain.files.models import File
from app.domain.files.pictures import EDGE, TooLarge, thumbnail
from tenants.session import session, unit_of_work
from tests.domain.files.sending import bring, fetched, flood, later, png

COLOURS: dict[str, Any] = {
    "RGB": (200, 30, 30),
    "RGBA": (200, 30, 30, 80),
    "CMYK": (0, 9, 9, 0),
    "LA": (120, 80),
    "L": 120,
    "P": 3,
    "1": 1,
    "I;16": 900,
}


def picture(mode: str = "RGB", form: str = "PNG", **options: Any) -> bytes:
    """A picture of 1200 by 600 dots."""
    out = io.BytesIO()
    Image.new(mode, (1200, 600), COLOURS[mode]).save(out, form, **options)
    return out.getvalue()


def opened(body: bytes) -> Image.Image:
    found = Image.open(io.BytesIO(body))
    assert found.format == "WEBP"
    return found


@pytest.mark.parametrize("mode", sorted(set(COLOURS) - {"CMYK"}))
def test_pictures_of_all_modes_become_small(mode: str) -> None:
    small = thumbnail(picture(mode))
    assert (small.width, small.height) == (1200, 600)
    assert opened(small.body).size == (EDGE, EDGE // 2)


@pytest.mark.parametrize("form", ["JPEG", "GIF", "WEBP", "AVIF"])
def test_pictures_of_all_kinds_become_small(form: str) -> None:
    small = thumbnail(picture(form=form))
    assert max(opened(small.body).size) <= EDGE


def test_pictures_stand_upright_without_metadata() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "taken at 50.94, 6.96"
    small = thumbnail(picture(form="JPEG", exif=exif))
    assert (small.width, small.height) == (600, 1200)
    shown = opened(small.body)
    assert shown.size == (EDGE // 2, EDGE)
    assert not shown.getexif()
    assert "exif" not in shown.info
    assert b"taken at" not in small.body


def test_small_pictures_do_not_grow() -> None:
    assert opened(thumbnail(png(40, 30)).body).size == (40, 30)


def test_floods_of_dots_are_not_read() -> None:
    with pytest.raises((TooLarge, Image.DecompressionBombWarning, Image.DecompressionBombError)):
        thumbnail(flood())
    with pytest.raises(TooLarge):
        thumbnail(flood(6_000, 5_000))


@pytest.mark.parametrize(
    "body",
    [b"", b"GIF89a/*<script>*/", picture()[:200], b"<svg/>", picture(form="TIFF"), picture(form="ICO")],
)
def test_what_is_no_picture_has_none(body: bytes) -> None:
    with pytest.raises(Exception):  # noqa: B017 - whatever Pillow says
        thumbnail(body)


def test_the_worker_makes_the_picture(ann: Actor, app: Flask) -> None:
    file = bring(ann, "pump.png", png(800, 400), "image/png")
    later(app)
    with unit_of_work():
        stored = session.get_one(File, file.id)
        assert (stored.width, stored.height) == (800, 400)
        status, headers, body = fetched(actions.thumbnail_address(stored) or "")
    assert (status, headers["content-type"]) == (200, "image/webp")
    assert opened(body).size == (EDGE, EDGE // 2)


def test_hostile_pictures_stay_files_without_one(ann: Actor, app: Flask) -> None:
    file = bring(ann, "flood.png", flood(), "image/png")
    assert file.state == "ready"
    later(app)
    with unit_of_work():
        assert session.get_one(File, file.id).thumbnail_key is None
        assert actions.download(ann, file.id)


def test_a_second_try_leaves_one_picture(ann: Actor, app: Flask) -> None:
    file = bring(ann, "pump.png", png(), "image/png")
    keys = set()
    for _ in range(2):
        with unit_of_work():
            pictures.picture(file.id)
            keys.add(session.get_one(File, file.id).thumbnail_key)
    assert len(keys) == 1
    assert storage.size(keys.pop() or "") > 0
