"""Each page asks the database a fixed number of questions, pinned here: a new one is a decision, not an accident."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from strapontin.demo.furnishing import Furnisher
from strapontin.web.urls import urlpatterns
from tests.pages.access import GET, PEOPLE, QUERIES, ROWS
from tests.pages.scene import NOW, Scene
from tests.pages.tour import places

if TYPE_CHECKING:
    from tests.pages.conftest import SignIn

# Pages that are shown, not those that only lead on.
SHOWN = [name for name, (method, statuses) in ROWS.items() if method == GET and 200 in statuses]


def count(name: str, scene: Scene, sign_in: SignIn) -> int:
    """How many statements the page called ``name`` takes, its session and account among them."""
    at = places()
    values = {
        "customer_id": at.customer,
        "site_id": at.site,
        "type_code": "voice",
        "user_id": at.user,
        "invoice_id": at.invoice,
        "run_id": at.run,
        "request_id": scene.requests["zoe"],
        "import_id": at.user_import,
        "bulk_id": at.bulk_allocation,
    }
    (pattern,) = (p for p in urlpatterns if p.name == name)
    if "tenant_id" in pattern.pattern.converters:
        values["tenant_id"] = Furnisher().attach_tenant(at.customer, at.site, stack_id=Furnisher().make_stack())
    if "exchange_id" in pattern.pattern.converters:
        values["exchange_id"] = scene.exchange("clinic", "echirolles", NOW)
    url = reverse(name, kwargs={key: values[key] for key in pattern.pattern.converters})
    person = "maud" if ROWS[name][1][PEOPLE.index("maud")] == 200 else "provider"
    client = sign_in(person)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(url).status_code == 200
    return len(asked)


@pytest.mark.parametrize("name", SHOWN)
def test_pinned(name: str, scene: Scene, sign_in: SignIn) -> None:
    assert count(name, scene, sign_in) == QUERIES.get(name)


def test_more_of_everything_asks_no_more(scene: Scene, sign_in: SignIn) -> None:
    """Twice the customers and sites: the lists, the overview and the customer's page ask what they asked."""
    for number in range(12):
        scene.customer(f"more{number}", f"Client {number:02d}", "opaline")
        scene.site(f"more{number}", f"site{number}", "Accueil")
        scene.site("clinic", f"clinic{number}", f"Annexe {number}")
    for name in ("overview", "subscriptions", "customers", "customer", "customer_edit", "users", "users_of_scope"):
        assert count(name, scene, sign_in) == QUERIES[name], name
