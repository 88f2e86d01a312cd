"""Files for spreadsheets: as the reader's own spreadsheet opens them, and without a formula in them."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from decimal import Decimal
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest

from strapontin.web.frame.exports import safe_text
from tests.pages.scene import Scene

if TYPE_CHECKING:
    from django.test import Client

    from tests.pages.conftest import SignIn

LIST = "/subscriptions/customers"
# The place of the amount, counted from the end.
AMOUNT = -5
CELL = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def reader(sign_in: SignIn, language: str) -> Client:
    """Maud, who reads this language."""
    client = sign_in("maud")
    client.post("/language/", {"language": language})
    return client


def table(text: str, separator: str) -> list[list[str]]:
    """The rows of a CSV file, without its mark."""
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=separator))


def workbook(content: bytes) -> list[list[str | Decimal | None]]:
    """The rows of the only sheet: texts as they are, numbers (and days) as numbers; no cell has a formula."""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        sheet = ElementTree.fromstring(parts.read("xl/worksheets/sheet1.xml"))  # noqa: S314  our own file
    assert not list(sheet.iter(f"{CELL}f"))
    rows: list[list[str | Decimal | None]] = []
    for row in sheet.iter(f"{CELL}row"):
        rows.append([])
        for cell in row:
            text = "".join(part.text or "" for part in cell.iter(f"{CELL}t"))
            number = cell.find(f"{CELL}v")
            rows[-1].append(text if number is None else Decimal(number.text or ""))
    return rows


@pytest.mark.parametrize(("language", "separator", "head"), [("fr", ";", "Client"), ("en", ",", "Customer")])
def test_a_csv_opens_in_columns_in_the_readers_spreadsheet(
    language: str, separator: str, head: str, sign_in: SignIn
) -> None:
    client = reader(sign_in, language)
    answer = client.get(f"{LIST}.csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.content.startswith(b"\xef\xbb\xbf")
    heads, *rows = table(answer.content.decode(), separator)
    assert heads[0] == head and rows and {len(row) for row in rows} == {len(heads)}


@pytest.mark.parametrize(("language", "separator", "comma"), [("fr", ";", ","), ("en", ",", ".")])
def test_amounts_are_written_as_the_reader_writes_them(
    language: str, separator: str, comma: str, sign_in: SignIn
) -> None:
    client = reader(sign_in, language)
    found = re.search(r'href="(/invoices/[0-9a-f-]{36}/)"', client.get("/invoices/").content.decode())
    assert found
    invoice = f"{found[1]}lines"
    heads, *rows = table(client.get(f"{invoice}.csv").content.decode(), separator)
    book_heads, *book = workbook(client.get(f"{invoice}.xlsx").content)
    assert heads == book_heads
    amounts = [row[AMOUNT].replace(comma, ".") for row in rows]
    assert all(comma in row[AMOUNT] for row in rows)
    assert [Decimal(amount) for amount in amounts] == [row[AMOUNT] for row in book]


def test_no_cell_is_a_formula(scene: Scene, sign_in: SignIn) -> None:
    dangerous = '=HYPERLINK("http://example.org","Facture")'
    scene.customer("formula", dangerous, "opaline")
    client = reader(sign_in, "fr")
    names = {row[0] for row in table(client.get(f"{LIST}.csv").content.decode(), ";")}
    assert f"'{dangerous}" in names and dangerous not in names
    assert dangerous in {row[0] for row in workbook(client.get(f"{LIST}.xlsx").content)}


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "＝", "＋", "－", "＠", "﹢"])
def test_no_sign_begins_a_formula(sign: str) -> None:
    assert safe_text(f"{sign}1+1") == f"'{sign}1+1"
    assert safe_text(f"1{sign}1") == f"1{sign}1"


def test_days_are_days_in_a_workbook(scene: Scene, sign_in: SignIn) -> None:
    heads, *rows = workbook(reader(sign_in, "fr").get(f"{LIST}.xlsx").content)
    column = heads.index("Prochaine période")
    assert all(isinstance(row[column], Decimal) for row in rows)
