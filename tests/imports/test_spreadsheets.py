"""Files as people send them: encodings, separators, workbooks, and what is no list at all."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from datetime import date
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from xlsxwriter import Workbook

from strapontin.imports.spreadsheets import MOST_ROWS, read, recognise, write_csv
from strapontin.refusals import Refusal

ROWS = [["Prénom", "Nom", "E-mail"], ["Zoé", "Côté; fils", "zoe@example.org"], ["Œdipe", "“L’Ancien”", ""]]


def lines(separator: str) -> str:
    """The rows as a spreadsheet writes them."""
    quoted = [[f'"{cell}"' if separator in cell or ";" in cell else cell for cell in row] for row in ROWS]
    return "\r\n".join(separator.join(row) for row in quoted) + "\r\n"


def workbook(rows: Sequence[Sequence[object]], *, sheets: int = 1) -> bytes:
    """A workbook with these cells in its last sheet."""
    memory = BytesIO()
    with Workbook(memory) as book:
        for _ in range(sheets - 1):
            book.add_worksheet()
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(number, column, cell, day)
                else:
                    sheet.write(number, column, cell)
    return memory.getvalue()


def refused(data: bytes) -> str:
    """The code with which a file is refused."""
    with pytest.raises(Refusal) as refusal:
        read(data, recognise(data))
    return refusal.value.code


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
def test_every_encoding_and_separator(encoding: str, separator: str) -> None:
    data = lines(separator).encode(encoding)
    sheet = read(data, recognise(data))
    assert [sheet.heads, *sheet.rows] == ROWS
    assert [number for number, _ in sheet.numbered()] == [2, 3]


def test_numbers_are_those_that_a_spreadsheet_shows() -> None:
    data = b'sep=;\n\nfirst name;site\n"Ana\nMaria";Lyon\n;\nBea;Lyon\n'
    sheet = read(data, "csv")
    assert sheet.heads == ["first name", "site"]
    assert [(number, row[0]) for number, row in sheet.numbered()] == [(4, "Ana\nMaria"), (6, "Bea")]


def test_a_workbook_is_read_by_its_values() -> None:
    data = workbook([[], ["First name", "Extension", "Day", "On"], ["=1+1", 4012, date(2023, 7, 18), True]], sheets=2)
    assert recognise(data) == "xlsx"
    sheet = read(data, "xlsx")
    assert sheet.heads == ["First name", "Extension", "Day", "On"]
    # xlsxwriter stores 0 as the value of a formula; a spreadsheet stores the result. Never the formula itself.
    assert list(sheet.numbered()) == [(3, ["0", "4012", "2023-07-18", "true"])]


def test_what_is_no_list_is_refused() -> None:
    assert refused(b"") == refused(b" \r\n ") == refused(b"\xef\xbb\xbf") == "file_empty"
    assert (
        refused(b"first name;site\r\n;\r\n") == refused(workbook([])) == refused(workbook([["Site"]])) == "file_empty"
    )
    assert (
        refused(b"%PDF-1.7\n\x00\x01\x02")
        == refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(50))
        == "file_unreadable"
    )
    assert refused(b"\x89PNG\r\n\x1a\n" + bytes(range(256))) == "file_unreadable"
    assert refused(b"PK\x03\x04 and nothing more") == "file_unreadable"
    document = BytesIO()
    with ZipFile(document, "w") as file:
        file.writestr("word/document.xml", "<w:document/>")
    assert refused(document.getvalue()) == "file_unreadable"
    broken = workbook([["Site"], ["Lyon"]])
    assert refused(broken[: len(broken) // 2]) == "file_unreadable"


def test_a_hundred_thousand_rows_and_no_more() -> None:
    row = ["Ana", "Lyon"]
    assert len(read(write_csv(["first name", "site"], [row] * MOST_ROWS), "csv").rows) == MOST_ROWS
    assert refused(write_csv(["first name", "site"], [row] * (MOST_ROWS + 1))) == "too_many_rows"


def packed(sheet: bytes) -> bytes:
    """A workbook whose sheet has this content."""
    memory = BytesIO()
    with ZipFile(memory, "w", ZIP_DEFLATED) as file:
        file.writestr("xl/workbook.xml", "<workbook/>")
        file.writestr("xl/worksheets/sheet1.xml", sheet)
    return memory.getvalue()


def test_a_small_file_that_unpacks_to_a_huge_one() -> None:
    bomb = packed(b"<c/>" * (80 * 1024 * 1024))
    assert len(bomb) < 1_000_000
    assert refused(bomb) == "file_unpacks_too_large"
    # The same file says of itself that it is small.
    size, small = struct.pack("<I", 320 * 1024 * 1024), struct.pack("<I", 1000)
    assert bomb.count(size) >= 2
    assert refused(bomb.replace(size, small)) == "file_unpacks_too_large"


def test_a_cell_far_away_makes_no_huge_table() -> None:
    assert refused(packed(b'<sheetData><row r="1"><c r="A1"/></row><c r="XFD1048576"/>')) == "file_unpacks_too_large"
    assert refused(packed(b"<c r='ZZ90000'/>")) == "file_unpacks_too_large"


def test_a_damaged_workbook() -> None:
    data = bytearray(workbook([["Site"], *[[f"Site {number}"] for number in range(1000)]]))
    place = data.index(b"xl/worksheets/sheet1.xml") + 100
    data[place : place + 50] = b"\xff" * 50
    assert refused(bytes(data)) == "file_unreadable"
