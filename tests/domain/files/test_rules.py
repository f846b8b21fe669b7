"""Names, types and disguises: pure."""

import pytest

from app.domain.files import rules
from app.domain.files.sniffing import sniff
from app.domain.plans.rules import bytes_in_words
from tests.domain.files.sending import png

EXE = b"MZ\x90\x00" + bytes(120)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("offer.pdf", "offer.pdf"),
        ("Köln Überblick.pdf", "Köln Überblick.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ann\\photo.jpg", "photo.jpg"),
        ("invoice\r\nX-Evil: 1.pdf", "invoiceX-Evil: 1.pdf"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("a\u2028b\x00c\u200b.txt", "abc.txt"),
        ("", "file"),
        ("..", "file"),
        ("///", "file"),
        ("\ud800.txt", "?.txt"),
        ('<img src=x onerror="alert(1)">.png', '<img src=x onerror="alert(1)">.png'),
    ],
)
def test_names_become_one_honest_line(given: str, kept: str) -> None:
    assert rules.clean_name(given) == kept


def test_long_names_keep_their_ending() -> None:
    name = rules.clean_name("ä" * 400 + ".pdf")
    assert len(name) <= 255
    assert name.endswith("….pdf")
    assert len(rules.clean_name("x" * 400)) == 255
    assert len(rules.clean_name("x." + "y" * 400)) == 255


def test_declared_types_are_types_or_nothing() -> None:
    assert rules.clean_type("Image/PNG; charset=x") == "image/png"
    for wrong in ("", "png", "text/html\r\nX: y", "a/b/c", "/", "<b>/x"):
        assert rules.clean_type(wrong) == rules.UNKNOWN


@pytest.mark.parametrize(
    ("name", "body", "kind"),
    [
        ("a.png", png(), "image/png"),
        ("a.txt", b"hello", "text/plain"),
        ("a.csv", b"a,b\n1,2\n", "text/csv"),
        ("a.txt", "BMW Köln".encode(), "text/plain"),
        ("a.svg", b'<?xml version="1.0"?><svg onload="alert(1)"/>', "image/svg+xml"),
        ("a.png", b"<!DOCTYPE html><script>alert(1)</script>", "text/html"),
        ("a.pdf", b"%PDF-1.7\n...", "application/pdf"),
        ("a.pdf", b"\xff\xfejunk before\n%PDF-1.4\n", "application/pdf"),
        ("a.gif", b"GIF89a/*<script>alert(1)</script>*/\0\0", "image/gif"),
        ("a.bin", bytes([7, 200, 0, 3] * 9), "application/octet-stream"),
    ],
)
def test_first_bytes_tell_the_type(name: str, body: bytes, kind: str) -> None:
    assert sniff(body, rules.claimed_type(name, "")) == kind


@pytest.mark.parametrize(
    ("name", "body", "disguised"),
    [
        ("photo.jpg", png(), False),
        ("photo.png", b"<svg onload=alert(1)>", True),
        ("photo.png", b"<html>", True),
        ("offer.pdf", b"plain words", True),
        ("offer.pdf", EXE, True),
        ("notes.txt", EXE, True),
        ("setup.exe", EXE, False),
        ("drawing.svg", b"<svg/>", False),
        ("page.html", b"<html>", False),
        ("unknown", bytes([7, 200, 0, 3] * 9), False),
    ],
)
def test_disguises_are_seen_through(name: str, body: bytes, disguised: bool) -> None:
    claimed = rules.claimed_type(name, rules.UNKNOWN)
    assert rules.is_disguised(claimed, sniff(body, claimed)) is disguised


def test_only_pictures_and_pdfs_keep_their_type() -> None:
    assert rules.given_out_as("image/png") == "image/png"
    assert rules.given_out_as("application/pdf") == "application/pdf"
    for kind in ("text/html", "image/svg+xml", "application/xhtml+xml", "text/javascript", "text/xml", None):
        assert rules.given_out_as(kind) == "application/octet-stream"


def test_limits_are_said_in_short() -> None:
    assert [bytes_in_words(n) for n in (5, 1024, 100 * 1024**2, 5 * 1024**3)] == [
        "5 B",
        "1 KB",
        "100 MB",
        "5 GB",
    ]
