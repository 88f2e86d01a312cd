"""Allocations by spreadsheet on the screens: in both languages, with and without amounts, in two tabs."""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import SimpleUploadedFile
from python_calamine import CalamineWorkbook

from strapontin.imports.columns import guess
from strapontin.imports.quantities import ALLOCATIONS
from tests.pages.scene import Scene

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.pages.conftest import Enter, SignIn

ADDRESS = "/subscriptions/bulk/"


def send(page: Page, text: str, button: str) -> None:
    """Sends a table by the form."""
    page.goto(ADDRESS)
    file: Any = {"name": "sièges.csv", "mimeType": "text/csv", "buffer": text.encode("cp1252")}
    page.set_input_files("input[type=file]", file)
    page.get_by_role("button", name=button).click()


def test_a_table_is_downloaded_edited_and_confirmed_in_french(scene: Scene, enter: Enter, worker: None) -> None:
    page = enter("maud")
    page.goto("/subscriptions/customers/?q=tournesol")
    page.get_by_role("link", name="Modifier par tableur").click()
    page.get_by_text("des clients trouvés par « tournesol »").wait_for()
    with page.expect_download() as download:
        page.get_by_role("link", name="Export : CSV").click()
    lines = download.value.path().read_text("utf-8-sig").splitlines()
    assert lines[0].endswith("Alloués;Cycle suivant;Consommés;Voulus")
    (voice,) = (line for line in lines if ";Voix;" in line)
    assert voice.endswith(";15;15;14;15")
    send(page, "\n".join([lines[0], voice.removesuffix("15") + "17"]), "Vérifier le fichier")
    page.get_by_role("heading", name="Au total, pour 1 client").wait_for(timeout=30_000)
    assert re.search(r"\+[\d,\s]+€", page.locator("form.panel-body").last.inner_text())
    page.get_by_role("button", name="Modifier les sièges de 1 client").press("Enter")
    page.get_by_text("Les sièges de 1 client sont modifiés.").wait_for(timeout=30_000)
    page.goto(f"/customers/{scene.customers['bakery']}/sites/{scene.sites['oven']}/")
    assert page.locator("input[name=voice]").input_value() == "17"


def test_errors_and_no_amount_in_english(scene: Scene, enter: Enter, worker: None) -> None:
    page = enter("solene")
    page.get_by_role("button", name="English").click()
    head, place = "Customer;Site;Type;Wanted", "Clinique des Trois Chênes;Meylan, administration"
    send(page, f"{head}\nZénith Spectacles;Grande halle;Voice;9\n{place};Voice;many", "Check the file")
    page.get_by_text("There is no customer “Zénith Spectacles”").wait_for(timeout=30_000)
    page.get_by_text("A whole number from 0 to 1,000,000 is expected here.").wait_for()
    send(page, f"{head}\n{place};uc;4", "Check the file")
    page.get_by_role("heading", name="In total, for 1 customer").wait_for(timeout=30_000)
    assert "€" not in page.content()


def test_two_tabs_and_somebody_quicker(scene: Scene, enter: Enter, worker: None) -> None:
    """What another tab has changed meanwhile is shown before it can be confirmed."""
    page = enter("maud")
    send(page, "Client;Site;Type;Voulus\nGarage Cornemuse;Atelier;Voix;6", "Vérifier le fichier")
    page.get_by_role("heading", name="Au total, pour 1 client").wait_for(timeout=30_000)
    first = page.url
    send(page, "Client;Site;Type;Voulus\nGarage Cornemuse;Atelier;Voix;5", "Vérifier le fichier")
    page.get_by_role("button", name="Modifier les sièges de 1 client").click(timeout=30_000)
    page.get_by_text("Les sièges de 1 client sont modifiés.").wait_for(timeout=30_000)
    page.goto(first)
    page.get_by_role("button", name="Modifier les sièges de 1 client").click()
    page.get_by_text("Des sièges ont été modifiés entre-temps.").wait_for(timeout=30_000)
    page.get_by_role("button", name="Modifier les sièges de 1 client").click()
    page.get_by_text("Les sièges de 1 client sont modifiés.").wait_for(timeout=30_000)
    page.go_back()
    page.reload()
    assert page.get_by_role("button", name="Modifier les sièges").count() == 0


def test_the_download_is_read_as_it_is(scene: Scene, sign_in: SignIn) -> None:
    """In both languages each column is recognised. Nobody gets a customer outside the scope."""
    client = sign_in("maud")
    for language in ("fr", "en"):
        client.post("/language/", {"language": language})
        answer = client.get(ADDRESS + "allocations.xlsx")
        rows = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
        fields = guess([str(cell) for cell in rows[0]], {}, ALLOCATIONS)
        assert fields == ["customer_id", "customer", "site_id", "site", "type", "allocated", "", "", "quantity"]
        assert {row[1] for row in rows[1:]} >= {"Clinique des Trois Chênes", "Boulangeries Tournesol"}
        assert "Zénith Spectacles" not in {row[1] for row in rows}


def test_a_wrong_file_and_a_form_sent_twice(scene: Scene, sign_in: SignIn) -> None:
    client = sign_in("maud")

    def post(data: bytes, once: str) -> Any:
        return client.post(ADDRESS, {"file": SimpleUploadedFile("sieges.csv", data), "once": once})

    client.post("/language/", {"language": "fr"})
    wrong = post(b"%PDF-1.7\x00", "one token")
    assert wrong.status_code == 422
    assert "ni un fichier CSV ni un classeur Excel" in wrong.content.decode()
    assert client.post(ADDRESS, {}).status_code == 422
    table = b"Client;Site;Type;Voulus\nGarage Cornemuse;Atelier;Voix;9"
    first, second = (post(table, "a token") for _ in range(2))
    assert first.status_code == second.status_code == 302
    assert first.headers["Location"] == second.headers["Location"]
