"""What a sandbox issues is marked as a specimen, on pages and in files; who may not issue yet is told why (SPEC 7)."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

import pytest
from django.test import override_settings

from tests.pages.scene import Scene
from tests.pages.test_decisions import read

if TYPE_CHECKING:
    from django.test import Client

    from tests.pages.conftest import SignIn


def latest_invoice(client: Client) -> str:
    """The address of the newest invoice."""
    link = re.search(r'href="(/invoices/[0-9a-f-]{36}/)"', client.get("/invoices/").content.decode())
    assert link
    return link[1]


def rows_of_file(client: Client, invoice: str) -> list[list[str]]:
    """The lines of the invoice's CSV, without its head, whatever separates its cells."""
    link = re.search(r'href="([^"]+\.csv)"', client.get(invoice).content.decode())
    assert link
    head, *lines = client.get(link[1]).content.decode("utf-8-sig").splitlines()
    return list(csv.reader(lines, delimiter=";" if ";" in head else ","))


@pytest.mark.parametrize(("language", "mark"), [("fr", "SPÉCIMEN"), ("en", "SPECIMEN")])
def test_pages_and_files_of_a_sandbox_bear_the_mark(scene: Scene, sign_in: SignIn, language: str, mark: str) -> None:
    client = sign_in("maud")
    client.post("/language/", {"language": language})
    try:
        invoice = latest_invoice(client)
        assert mark in read(client.get("/invoices/"))
        assert mark in read(client.get(invoice))
        rows = rows_of_file(client, invoice)
    finally:
        client.post("/language/", {"language": "fr"})
    assert rows
    # Day of issue, billing date, mark.
    assert {tuple(row[-3:]) for row in rows} == {("2023-07-01", "2023-07-01", mark)}


def test_a_specimen_stays_one_in_an_installation_that_is_no_sandbox_any_more(scene: Scene, sign_in: SignIn) -> None:
    client = sign_in("maud")
    invoice = latest_invoice(client)
    with override_settings(SANDBOX=False):
        assert "SPÉCIMEN" in read(client.get(invoice))


def test_the_provider_is_told_what_is_missing_of_the_issuer(scene: Scene, sign_in: SignIn) -> None:
    client = sign_in("provider")
    assert "Il manque, pour l’émetteur" not in read(client.get("/billing-runs/"))
    with override_settings(SANDBOX=False):
        assert "Il manque, pour l’émetteur : rue, code postal, ville, SIREN" in read(client.get("/billing-runs/"))
        form = {"date": "2023-06-15", "action": "issue", "sure": "yes"}
        refused = client.post("/billing-runs/", form)
        assert refused.status_code in (409, 422)
        assert "Il manque, pour l’émetteur" in read(refused)
