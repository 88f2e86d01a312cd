"""Importing users on the screens: in both languages, with and without the role, and a form that is sent twice."""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import SimpleUploadedFile
from python_calamine import CalamineWorkbook

from strapontin.imports.columns import guess
from strapontin.imports.template import COLUMNS
from tests.pages.scene import Scene

if TYPE_CHECKING:
    from django.test import Client

    from tests.pages.conftest import Enter, SignIn

HEAD = "Prénom;Nom;E-mail;Site;Type"


def listed(name: str, users: int, site: str) -> bytes:
    """A list as a French spreadsheet writes it."""
    rows = [f"{name} {n};Neuf;{name.lower()}{n}@example.org;{site};Voix" for n in range(users)]
    return "\r\n".join([HEAD, *rows]).encode("cp1252")


def send(client: Client, url: str, data: bytes, once: str) -> Any:
    """The answer to the form with a file."""
    return client.post(url, {"file": SimpleUploadedFile("liste.csv", data), "once": once})


def test_an_import_with_seats_in_french(scene: Scene, enter: Enter, worker: None) -> None:
    page = enter("maud")
    page.goto(f"/customers/{scene.customers['bakery']}/users/")
    page.get_by_role("link", name="Importer").click()
    file = {"name": "équipe.csv", "mimeType": "text/csv", "buffer": listed("Felix", 2, "le FOURNIL")}
    page.set_input_files("input[type=file]", file)  # type: ignore[arg-type]
    page.get_by_role("button", name="Vérifier le fichier").press("Enter")
    page.get_by_role("heading", name="Il manque 1 siège").wait_for(timeout=30_000)
    button = page.get_by_role("button", name=re.compile("Allouer 1 siège et importer la liste, .* HT"))
    button.press("Enter")
    page.get_by_text("2 utilisateurs sont importés.").wait_for(timeout=30_000)
    page.get_by_role("link", name="Voir les utilisateurs").click()
    page.get_by_text("felix0@example.org").wait_for()


def test_errors_and_no_role_in_english(scene: Scene, enter: Enter, worker: None) -> None:
    page = enter("theo")
    page.get_by_role("button", name="English").click()
    address = f"/customers/{scene.customers['clinic']}/users/imports/"
    page.goto(address)
    wrong = {"name": "team.csv", "mimeType": "text/csv", "buffer": listed("Gus", 1, "Nowhere")}
    page.set_input_files("input[type=file]", wrong)  # type: ignore[arg-type]
    page.get_by_role("button", name="Check the file").click()
    page.get_by_text("There is no site “Nowhere”.").wait_for(timeout=30_000)
    assert page.get_by_text("Nothing is imported: 1 error is to be corrected.").is_visible()
    page.goto(address)
    many = {"name": "team.csv", "mimeType": "text/csv", "buffer": listed("Gus", 9, "Meylan, administration")}
    page.set_input_files("input[type=file]", many)  # type: ignore[arg-type]
    page.get_by_role("button", name="Check the file").click()
    page.get_by_text("These people can allocate them:").wait_for(timeout=30_000)
    assert page.get_by_role("link", name="Ask for these seats").is_visible()
    assert "€" not in page.content()
    assert page.get_by_role("button", name=re.compile("[Ii]mport")).count() == 0


def test_a_form_sent_twice_is_one_import_and_another_file_another(scene: Scene, sign_in: SignIn) -> None:
    client = sign_in("maud")
    url = f"/customers/{scene.customers['garage']}/users/imports/"
    first, second = (send(client, url, listed("Hal", 1, "Atelier"), "a token") for _ in range(2))
    other = send(client, url, listed("Ida", 1, "Atelier"), "a token")
    assert first.status_code == second.status_code == other.status_code == 302
    assert first.headers["Location"] == second.headers["Location"] != other.headers["Location"]


def test_a_wrong_file_is_told_in_the_form(scene: Scene, sign_in: SignIn) -> None:
    client = sign_in("maud")
    url = f"/customers/{scene.customers['garage']}/users/imports/"
    answer = send(client, url, b"%PDF-1.7\x00", "another token")
    assert answer.status_code == 422
    assert "ni un fichier CSV ni un classeur Excel" in answer.content.decode()
    assert client.post(url, {}).status_code == 422


def test_the_template_is_read_by_the_import(scene: Scene, sign_in: SignIn) -> None:
    client = sign_in("maud")
    for language in ("fr", "en"):
        client.post("/language/", {"language": language})
        answer = client.get(f"/customers/{scene.customers['clinic']}/users/imports/template.xlsx")
        (head,) = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
        assert guess([str(cell) for cell in head], {}) == list(COLUMNS)
