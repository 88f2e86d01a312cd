"""Looks into a packed file before anything unpacks it whole: a small file may hold a huge one.

What a packed file says of its own sizes is not believed. Its parts are unpacked piece by piece, and forgotten.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from strapontin.refusals import Refusal

# A workbook of 100,000 users unpacks to 60 MB.
MOST_BYTES = 300 * 1024 * 1024
MOST_PARTS = 1000
_PIECE = 1024 * 1024
# What comes before the name of a part: its last two numbers are the lengths of the name and of more facts.
_HEAD = struct.Struct("<26xHH")
# The place of a cell. A sheet with one cell far away is as large as one that is full up to there.
_CELL = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,3})([0-9]{1,7})["']""")
_LONGEST_PLACE = 32


def check(data: bytes, *, most_cells: int) -> None:
    """Raises ``file_unpacks_too_large`` for a workbook that is too large once it is unpacked.

    Raises ``file_unreadable`` for what is no packed file, is none that can be read, or is no workbook.
    """
    try:
        with ZipFile(BytesIO(data)) as file:
            parts = file.infolist()
    except (BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise Refusal("file_unreadable") from error
    if not any(part.filename == "xl/workbook.xml" for part in parts):
        raise Refusal("file_unreadable")
    if len(parts) > MOST_PARTS:
        raise Refusal("file_unpacks_too_large")
    size = 0
    for part in parts:
        columns = rows = 0
        before = b""
        for piece in _unpacked(data, part):
            size += len(piece)
            if size > MOST_BYTES:
                raise Refusal("file_unpacks_too_large")
            if part.filename.startswith("xl/worksheets/"):
                for column, row in _CELL.findall(before + piece):
                    columns, rows = max(columns, _number(column)), max(rows, int(row))
                before = piece[-_LONGEST_PLACE:]
                if columns * rows > most_cells:
                    raise Refusal("file_unpacks_too_large")


def _unpacked(data: bytes, part: ZipInfo) -> Iterator[bytes]:
    """The content of a part, in pieces."""
    head = data[part.header_offset : part.header_offset + _HEAD.size]
    if len(head) < _HEAD.size or part.flag_bits & 1 or part.compress_type not in (ZIP_DEFLATED, ZIP_STORED):
        raise Refusal("file_unreadable")
    begin = part.header_offset + _HEAD.size + sum(_HEAD.unpack(head))
    packed = data[begin : begin + part.compress_size]
    if part.compress_type == ZIP_STORED:
        yield packed
        return
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        while packed and not unpacker.eof:
            yield unpacker.decompress(packed, _PIECE)
            packed = unpacker.unconsumed_tail
    except zlib.error as error:
        raise Refusal("file_unreadable") from error


def _number(column: bytes) -> int:
    """The number of a column by its letters: A is 1, AA is 27."""
    number = 0
    for letter in column.upper():
        number = number * 26 + letter - 64
    return number
