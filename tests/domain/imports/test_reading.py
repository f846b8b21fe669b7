"""Bytes become rows: encodings, dialects, and lines that break every rule."""

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import Invalid
from app.domain.imports.rules.dialect import guess_format
from app.domain.imports.rules.encoding import Utf8Check, guess_encoding, refuse_binary
from app.domain.imports.rules.limits import CELL_CHARACTERS
from app.domain.imports.rules.records import Format, Place, rows
from tests.domain.imports.samples import DATA, read, sample, table

SPECTRUM = sorted(path.stem for path in (DATA / "csv_spectrum" / "csvs").glob("*.csv")) or ["simple"]
CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=12)


@pytest.mark.parametrize("name", SPECTRUM)
@pytest.mark.parametrize("piece", [1, 3, 65536])
def test_csv_spectrum_reads_as_expected(name: str, piece: int) -> None:
    expected = json.loads(sample(f"csv_spectrum/json/{name}.json").read_text("utf-8"))
    _, found = table(sample(f"csv_spectrum/csvs/{name}.csv").read_bytes(), piece=piece)
    header = found[0].cells
    assert [dict(zip(header, row.cells, strict=True)) for row in found[1:]] == expected
    assert all(row.fault is None for row in found)


@given(
    grid=st.integers(2, 5).flatmap(
        lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=2, max_size=8)
    ),
    delimiter=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(["utf-8", "utf-16-le", "utf-16-be"]),
    piece=st.integers(1, 40),
)
def test_written_table_is_read_back(grid: list[list[str]], delimiter: str, encoding: str, piece: int) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(grid)
    content = out.getvalue().encode(encoding)
    found = list(read(content, Format(encoding, delimiter), len(grid[0]), piece))
    assert [row.cells for row in found] == grid
    assert found[-1].end == len(content)


@given(content=st.binary(max_size=400), piece=st.integers(1, 50))
def test_any_bytes_are_read_to_their_end(content: bytes, piece: int) -> None:
    how = guess_format(content)
    for row in read(content, how, 3, piece):
        assert row.end <= len(content)
        assert row.fault or len(row.cells) == 3


@given(cut=st.integers(0, 30))
def test_reading_goes_on_where_it_stopped(cut: int) -> None:
    content = b"".join(b'%d,"a\nb",\xc3\xbc\n' % number for number in range(30))
    whole = list(read(content, Format(), 3))
    place = whole[cut - 1].place if cut else Place(0)
    rest = list(rows([content[place.offset :]], Format(), 3, place))
    assert [(row.number, row.line, row.cells) for row in rest] == [
        (row.number, row.line, row.cells) for row in whole[cut:]
    ]


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (b"\xef\xbb\xbfa,b\n", "utf-8"),
        ("Müller,1\n".encode(), "utf-8"),
        ("Müller,1\n".encode("cp1252"), "cp1252"),
        ("\ufeffa,ü\n".encode("utf-16-le"), "utf-16-le"),
        ("\ufeffa,ü\n".encode("utf-16-be"), "utf-16-be"),
        ("name,city\nMüller,Köln\n".encode("utf-16-le"), "utf-16-le"),
    ],
)
def test_encoding_is_recognised(content: bytes, encoding: str) -> None:
    assert guess_encoding(content).encoding == encoding


def test_letter_cut_at_the_sample_is_still_utf8() -> None:
    assert guess_encoding("aaaü".encode()[:-1]).encoding == "utf-8"
    assert Utf8Check().feed(b"\xc3").feed(b"\xbc").valid
    assert not Utf8Check().feed(b"\xc3").feed(b"x").valid


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_is_recognised(delimiter: str) -> None:
    lines = [["Name", "Notes", "Sum"], ["Meyer, Carol", "a; b", "1,5"], ["Li", "x|y", "2,5"]]
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(lines)
    assert guess_format(out.getvalue().encode()).delimiter == delimiter


def test_excels_separator_line_is_obeyed() -> None:
    how, found = table(b"sep=;\r\na;b\r\n1;2\r\n")
    assert (how.delimiter, [row.cells for row in found]) == (";", [["a", "b"], ["1", "2"]])


def test_old_mac_line_ends_are_line_ends() -> None:
    assert [row.cells for row in table(b"a,b\r1,2\r3,4")[1]] == [["a", "b"], ["1", "2"], ["3", "4"]]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (b"1,2", "cells where"),
        (b"1,2,3,4", "cells where"),
        (b"1,\0,3", "zero byte"),
        (b"1,\xff,3", "no text"),
        (b'1,"open,3', "quotes"),
        (b'"open,3', "quotes"),
        (b"1," + b"x" * (CELL_CHARACTERS + 1) + b",3", "characters"),
        (b"1," + b"x" * (10 * 1024 * 1024) + b",3", "longer than any"),
    ],
)
def test_bad_line_fails_alone(line: bytes, fault: str) -> None:
    content = b"a,b,c\n1,2,3\n" + line + b"\n7,8,9\n"
    found = list(read(content, Format(), 3))
    assert [row.line for row in found] == [1, 2, 3, 4]
    assert fault in (found[2].fault or "")
    assert [row.cells for row in found if not row.fault][1:] == [["1", "2", "3"], ["7", "8", "9"]]


def test_stray_quotes_within_a_line_are_kept() -> None:
    found = list(read(b'a,b\n"5" nail",3\n5" bolt,4\n', Format(), 2))
    assert [row.cells for row in found[1:]] == [['5 nail"', "3"], ['5" bolt', "4"]]


def test_trailing_empty_cells_do_no_harm() -> None:
    assert [row.cells for row in read(b"a,b\n1,2,,\n", Format(), 2)] == [["a", "b"], ["1", "2"]]


def test_file_full_of_open_quotes_is_refused() -> None:
    with pytest.raises(Invalid, match="quotes"):
        list(read(b'"open,1,2\nplain\n' * 200, Format(), 3))


@pytest.mark.parametrize("head", [b"PK\x03\x04...", b"%PDF-1.7", b"\x1f\x8b\x08", bytes(range(1, 9)) * 100])
def test_binary_file_is_refused_with_a_sentence(head: bytes) -> None:
    with pytest.raises(Invalid):
        refuse_binary(head)


def test_every_real_file_reads_without_a_fault() -> None:
    expected = {
        "northwind/customers.csv": 91,
        "northwind/orders.csv": 830,
        "northwind/order_details.csv": 2155,
        "northwind/products.csv": 77,
        "chinook/Customer.csv": 59,
        "chinook/Invoice.csv": 412,
        "chinook/InvoiceLine.csv": 2240,
        "adventureworks/AdventureWorks_Customers.csv": 18148,
        "adventureworks/AdventureWorks_Sales_2018.csv": 23935,
    }
    for name, count in expected.items():
        _, found = table(sample(name).read_bytes())
        assert (len(found) - 1, [row.fault for row in found if row.fault]) == (count, []), name
