"""Files for spreadsheets: CSV as the reader's own spreadsheet opens it, and XLSX."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Literal

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import get_language

from strapontin.web.frame.shapes import Link

Cell = str | int | Decimal | date | None
Ending = Literal["csv", "xlsx"]

_TYPES: dict[Ending, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def exports_of(page: str, *args: object, query: str = "") -> list[Link]:
    """Links to the files of a page: the addresses named ``page`` with ``_csv`` and ``_xlsx``."""
    return [
        Link(label, reverse(f"{page}_{ending}", args=args) + query)
        for label, ending in (("CSV", "csv"), ("Excel", "xlsx"))
    ]


def spreadsheet(ending: Ending, *, name: str, heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> HttpResponse:
    """A table as a file to save, named ``name`` with its ending.

    A CSV is in UTF-8 with its mark. For a French reader it has semicolons and decimal commas, as a French spreadsheet
    expects. Dates are ISO 8601 there. A workbook has typed cells: numbers, amounts, days.
    """
    headers = {"Content-Disposition": f'attachment; filename="{name}.{ending}"'}
    file = HttpResponse(content_type=_TYPES[ending], headers=headers)
    file.write(_csv(heads, rows) if ending == "csv" else _workbook(heads, rows))
    return file


def _csv(heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    french = (get_language() or "").startswith("fr")
    comma = "," if french else "."
    text = StringIO()
    text.write("\ufeff")
    writer = csv.writer(text, delimiter=";" if french else ",")
    writer.writerow(heads)
    writer.writerows([_as_text(cell, comma) for cell in row] for row in rows)
    return text.getvalue()


def _as_text(cell: Cell, comma: str) -> Cell:
    if isinstance(cell, str):
        return safe_text(cell)
    return str(cell).replace(".", comma) if isinstance(cell, Decimal) else cell


def safe_text(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    # Some read a full-width sign as the plain one.
    first = unicodedata.normalize("NFKC", text[:1])
    return f"'{text}" if first in ("=", "+", "-", "@", "\t", "\r") else text


def _workbook(heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    # Imported for the few requests that ask for a workbook: no other one waits for it.
    from xlsxwriter import Workbook

    memory = BytesIO()
    with Workbook(memory, {"constant_memory": True, "remove_timezone": True}) as workbook:
        head = workbook.add_format({"bold": True})
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        amount = workbook.add_format({"num_format": "#,##0.00"})
        sheet = workbook.add_worksheet()
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(heads) - 1, 18)
        for column, name in enumerate(heads):
            sheet.write_string(0, column, name, head)
        for number, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                # Never `write`: it would make a formula or a link of a text.
                if isinstance(cell, str):
                    sheet.write_string(number, column, cell)
                elif isinstance(cell, date):
                    sheet.write_datetime(number, column, cell, day)
                elif isinstance(cell, Decimal):
                    sheet.write_number(number, column, cell, amount)
                elif cell is not None:
                    sheet.write_number(number, column, cell)
    return memory.getvalue()
