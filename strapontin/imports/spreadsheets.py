"""Spreadsheets that were sent: the bytes of a file become rows of texts; pure.

A CSV may be in UTF-8, UTF-16 or Windows-1252, with semicolons, commas or tabs. A workbook is XLSX: of a formula its
last value is read, never the formula. Row numbers are those that a spreadsheet shows: the first row is 1.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from io import BytesIO, StringIO
from typing import Literal

from strapontin.imports import packed
from strapontin.refusals import Refusal

Kind = Literal["csv", "xlsx", "json"]

MOST_ROWS = 100_000
# Rows times columns of a sheet, empty cells included: the reader of workbooks keeps them all.
MOST_CELLS = 5_000_000
MOST_COLUMNS = 200

_ZIP = b"PK\x03\x04"
_SEPARATORS = ";,\t"
# Signs that no text has: what holds one is no text file.
_NO_TEXT = re.compile("[\x00-\x08\x0e-\x1f\ufffd]")


@dataclass(frozen=True, slots=True)
class Sheet:
    """The head of a table and its rows. ``first`` is the number of the row after the head; rows may be empty."""

    heads: list[str]
    rows: list[list[str]]
    first: int

    def numbered(self) -> Iterator[tuple[int, list[str]]]:
        """The rows that have any text, each with its number."""
        for number, row in enumerate(self.rows, start=self.first):
            if any(row):
                yield number, row


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file as it was sent. ``kind`` is "json" for what stood in the body of a request."""

    data: bytes
    name: str = ""
    kind: Kind | None = None


def digest_of(data: bytes) -> str:
    """What stands for the content of a file."""
    return hashlib.sha256(data).hexdigest()


def recognise(data: bytes) -> Kind:
    """What kind of file this is, by its content. Looks into a workbook without reading it.

    Raises ``file_empty``, ``file_unreadable`` for what is neither CSV nor XLSX, and ``file_unpacks_too_large``.
    """
    if not data.strip():
        raise Refusal("file_empty")
    if data.startswith(_ZIP):
        packed.check(data, most_cells=MOST_CELLS)
        return "xlsx"
    _decoded(data)
    return "csv"


def read(data: bytes, kind: Kind) -> Sheet:
    """The table in a file: its first sheet that has anything.

    Raises as :func:`recognise`, ``too_many_rows`` for more than 100,000 rows, and ``file_empty`` if no row follows the
    head.
    """
    rows = _workbook_rows(data) if kind == "xlsx" else _csv_rows(_decoded(data))
    head = next((place for place, row in enumerate(rows) if any(row)), None)
    if head is None:
        raise Refusal("file_empty")
    # Users in the body of a request have no head: the first one is number 1.
    first = 1 if kind == "json" else head + 2
    sheet = Sheet([text.strip() for text in rows[head]], rows[head + 1 :], first)
    count = sum(1 for _ in sheet.numbered())
    if not count:
        raise Refusal("file_empty")
    if count > MOST_ROWS:
        raise Refusal("too_many_rows", rows=count, most=MOST_ROWS)
    if len(sheet.heads) > MOST_COLUMNS:
        raise Refusal("file_unreadable")
    return sheet


def write_csv(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """A table as a file that :func:`read` reads."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(heads)
    writer.writerows(rows)
    return text.getvalue().encode()


def _decoded(data: bytes) -> str:
    """The text of a CSV file. Raises ``file_unreadable`` for what is no text."""
    text = _decode(data)
    if text is None or _NO_TEXT.search(text):
        raise Refusal("file_unreadable")
    return text


def _decode(data: bytes) -> str | None:
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return _try(data, encoding)
    # UTF-16 without its mark: every second byte of Latin letters is zero.
    if data[1:2] == b"\0":
        return _try(data, "utf-16-le")
    if data[:1] == b"\0":
        return _try(data, "utf-16-be")
    text = _try(data, "utf-8")
    return _try(data, "cp1252") if text is None else text


def _try(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _csv_rows(text: str) -> list[list[str]]:
    lines = StringIO(text, newline="")
    skipped = 0
    if text[:4].lower() == "sep=" and len(text) > 4:
        # The line by which Excel is told the separator. It is a row of its own.
        separator, skipped = text[4], 1
        lines.readline()
    else:
        separator = _separator(text)
    try:
        rows: list[list[str]] = [[]] * skipped
        rows += csv.reader(lines, delimiter=separator)
    except (csv.Error, ValueError, TypeError) as error:
        raise Refusal("file_unreadable") from error
    return rows


def _separator(text: str) -> str:
    """The separator of the first line that has any text: the one of which it has most, outside quotes."""
    line = next((line for line in text.splitlines() if line.strip()), "")
    outside = "".join(line.split('"')[::2])
    return max(_SEPARATORS, key=outside.count)


def _workbook_rows(data: bytes) -> list[list[str]]:
    # Imported by those who read a workbook: no other process waits for it.
    from python_calamine import CalamineError, CalamineWorkbook

    packed.check(data, most_cells=MOST_CELLS)
    try:
        with CalamineWorkbook.from_filelike(BytesIO(data)) as workbook:
            for name in workbook.sheet_names:
                rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
                if rows:
                    return [[_text(cell) for cell in row] for row in rows]
    except (CalamineError, OSError, ValueError) as error:
        raise Refusal("file_unreadable") from error
    return []


def _text(cell: object) -> str:
    """The text of a cell, as one would type it."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell)
