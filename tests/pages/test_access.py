"""Every page × everybody: what they may see, and what they must not even know to exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver, reverse

from strapontin.access import grants
from strapontin.access.models import ROLES
from strapontin.access.scope import acting
from strapontin.demo.furnishing import Furnisher
from strapontin.stacks.sync import request_synchronization
from strapontin.web.urls import urlpatterns
from tests.pages.access import EITHER, GET, OPENED_BY, PEOPLE, POST, POSTED, ROWS
from tests.pages.scene import NOW, Scene
from tests.pages.tour import places

if TYPE_CHECKING:
    from tests.pages.conftest import SignIn

CELLS = [(name, person) for name in ROWS for person in PEOPLE]
POSTED_CELLS = [(name, person) for name in POSTED for person in PEOPLE]


@pytest.fixture(scope="module")
def arguments(scene: Scene) -> dict[str, object]:
    """A value for each argument that an address may have."""
    at = places()
    with acting(scene.actor):
        synchronization, _new = request_synchronization(grants.customer(scene.actor, at.customer), at=NOW)
    return {
        "customer_id": at.customer,
        "site_id": scene.sites["meylan"],
        "type_code": "voice",
        "user_id": at.user,
        "exchange_id": scene.exchange("clinic", "echirolles", NOW),
        "invoice_id": at.invoice,
        "run_id": at.run,
        "import_id": at.user_import,
        "bulk_id": at.bulk_allocation,
        "synchronization_id": synchronization,
        "request_id": scene.requests["zoe"],
        "tenant_id": scene.attach("clinic", "meylan", Furnisher().make_stack()),
    }


def address(name: str, arguments: dict[str, object], scene: Scene, person: str) -> str:
    """The address called ``name``, for somebody to remove a user of their own."""
    (pattern,) = (p for p in urlpatterns if p.name == name)
    values = {key: arguments[key] for key in pattern.pattern.converters}
    if name == "user_remove":
        of_clinic = [user for key, user in scene.users.items() if key.startswith("echirolles")]
        values["user_id"] = of_clinic[PEOPLE.index(person) % len(of_clinic)]
    return reverse(name, kwargs=values)


def ask(client: Client, method: str, url: str) -> HttpResponse:
    """The answer to a plain request."""
    return client.get(url) if method == GET else client.post(url, {"voice": "8", "was-voice": "7", "language": "fr"})  # type: ignore[return-value]


def test_every_address_has_a_row() -> None:
    names = {pattern.name for pattern in urlpatterns}
    assert names == set(ROWS)
    assert get_resolver().reverse_dict.keys() >= names


@pytest.mark.parametrize(("name", "person"), CELLS, ids=[f"{name}-{person}" for name, person in CELLS])
def test_status(name: str, person: str, arguments: dict[str, object], scene: Scene, sign_in: SignIn) -> None:
    method, statuses = ROWS[name]
    answer = ask(sign_in(person), method, address(name, arguments, scene, person))
    assert answer.status_code == statuses[PEOPLE.index(person)], answer.content[:2000].decode()
    if person in ("solene", "neighbour", "theo", "nobody") and answer.headers["Content-Type"].startswith("text/"):
        assert "€" not in answer.content.decode(), "a customer sees no amounts"


@pytest.mark.parametrize(("name", "person"), POSTED_CELLS, ids=[f"{name}-{person}" for name, person in POSTED_CELLS])
def test_posted(name: str, person: str, arguments: dict[str, object], scene: Scene, sign_in: SignIn) -> None:
    answer = ask(sign_in(person), POST, address(name, arguments, scene, person))
    assert answer.status_code == POSTED[name][PEOPLE.index(person)], answer.content[:2000].decode()


@pytest.mark.parametrize("role", ROLES)
def test_with_one_role(role: str, arguments: dict[str, object], scene: Scene, sign_in: SignIn) -> None:
    client = sign_in(f"only_{role}")
    wrong = {}
    for name, (method, _statuses) in ROWS.items():
        answer = ask(client, method, address(name, arguments, scene, "outsider"))
        opens = OPENED_BY.get(name, role) == role and not name.startswith("billing_run")
        if name in EITHER:
            opens = role in ("subscriptions", "users")
        if (answer.status_code in (200, 302, 409, 422)) != opens or (not opens and answer.status_code != 403):
            wrong[name] = answer.status_code
    assert wrong == {}


@pytest.mark.parametrize("name", ROWS)
def test_signed_out(name: str, arguments: dict[str, object], scene: Scene) -> None:
    method, _statuses = ROWS[name]
    url = address(name, arguments, scene, "maud")
    answer = ask(Client(SERVER_NAME="localhost"), method, url)
    assert answer.status_code == 302
    if name != "set_language":
        assert answer.headers["Location"].startswith("/accounts/login/?next=/")


def test_below_the_payer_nobody_sees_amounts(scene: Scene, sign_in: SignIn) -> None:
    """A sub-reseller that does not pay sees its customers' seats and dates, and has no invoices to look for."""
    client = sign_in("yann")
    inn = f"/customers/{scene.customers['inn']}"
    site = f"{inn}/sites/{scene.sites['reception']}"
    for path in ("/subscriptions/", "/subscriptions/customers/", f"{inn}/", f"{site}/?voice=6", "/invoices/"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert "€" not in answer.content.decode(), path
        assert 'href="/invoices/"' not in answer.content.decode()
    assert client.get(f"/customers/{scene.customers['clinic']}/").status_code == 404
    # Its payer sees the same customer with its price.
    assert "€" in sign_in("maud").get(f"{inn}/").content.decode()
