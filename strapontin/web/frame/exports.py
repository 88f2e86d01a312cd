"""Files for spreadsheets: CSV in UTF-8 with its mark, so that spreadsheets read the accents."""

from __future__ import annotations

from django.http import HttpResponse


def csv_attachment(name: str) -> HttpResponse:
    """An empty CSV file to write to, saved as ``name`` with its ending."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    file = HttpResponse(content_type="text/csv; charset=utf-8", headers=headers)
    file.write("\ufeff")
    return file


def safe_text(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
