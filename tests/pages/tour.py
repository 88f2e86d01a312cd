"""The pages one after another, each with somebody who may see it: for pictures and for what is checked on all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from strapontin.access.actors import system
from strapontin.access.scope import acting
from strapontin.kit.database import value_of


@dataclass(frozen=True)
class Stop:
    """A page: its name, whose, and its address; ``open_dialog`` presses a link first."""

    name: str
    person: str
    path: str


@dataclass(frozen=True)
class Places:
    """One of each thing that pages are about."""

    customer: UUID
    site: UUID
    user: UUID
    invoice: UUID
    run: UUID
    request: UUID
    user_import: UUID
    bulk_allocation: UUID


def places(customer: str = "Clinique des Trois Chênes", site: str = "Grenoble, siège") -> Places:
    """Looks them up in the database at hand."""
    with acting(system("cli")):
        enter = "SELECT id, set_config('app.customer', id::text, true) FROM customer WHERE name = %s"
        customer_id = id_of(f"SELECT id FROM ({enter}) AS entered", [customer])
        site_id = id_of("SELECT id FROM site WHERE customer_id = %s AND name = %s", [customer_id, site])
        users = (
            "SELECT id FROM seat_user WHERE customer_id = %s AND site_id = %s AND state = 'active' ORDER BY id LIMIT 1"
        )
        imports = "SELECT id FROM user_import WHERE customer_id = %s ORDER BY id LIMIT 1"
        return Places(
            customer=customer_id,
            site=site_id,
            user=id_of(users, [customer_id, site_id]),
            invoice=id_of("SELECT id FROM invoice ORDER BY date DESC, net DESC LIMIT 1"),
            run=id_of("SELECT id FROM billing_run ORDER BY date DESC LIMIT 1"),
            request=id_of(
                "SELECT id FROM seat_request WHERE customer_id = %s ORDER BY state = 'open' DESC LIMIT 1",
                [customer_id],
            ),
            user_import=id_of(imports, [customer_id]),
            bulk_allocation=id_of("SELECT id FROM bulk_allocation ORDER BY id LIMIT 1"),
        )


def id_of(sql: str, parameters: Sequence[object] = ()) -> UUID:
    """The id that a query answers."""
    id_ = value_of(UUID, sql, parameters)
    assert id_ is not None, (sql, parameters)
    return id_


def stops(at: Places) -> list[Stop]:
    """Every page of the portal behind the sign-in, some of them in several states."""
    customer = f"/customers/{at.customer}"
    site = f"{customer}/sites/{at.site}"
    partner = [
        ("overview", "/subscriptions/"),
        ("renewals", "/subscriptions/renewals/"),
        ("soon-full", "/subscriptions/soon-full/"),
        ("details", "/subscriptions/customers/"),
        ("details-nothing", "/subscriptions/customers/?q=tournsol"),
        ("bulk-allocations", "/subscriptions/bulk/"),
        ("bulk-allocation", f"/subscriptions/bulk/{at.bulk_allocation}/"),
        ("customer", f"{customer}/"),
        ("history", f"{customer}/history/"),
        ("allocation", f"{site}/"),
        ("allocation-effect", f"{site}/?voice=20&uc=5&cr=2"),
        ("move", f"{site}/move/?type=voice&seats=2"),
        ("exchange", f"{site}/exchange/?seats=2"),
        ("customers", "/customers/"),
        ("customer-new", "/customers/new/"),
        ("customer-edit", f"{customer}/edit/"),
        ("customer-term", f"{customer}/edit/?term_months=1"),
        ("customer-end", f"{customer}/cancellation/"),
        ("site-new", f"{customer}/sites/new/"),
        ("site-edit", f"{site}/edit/"),
        ("users-of-scope", "/users/"),
        ("users", f"{customer}/users/"),
        ("user-new", f"{customer}/users/new/?site={at.site}"),
        ("user", f"{customer}/users/{at.user}/"),
        ("user-remove", f"{customer}/users/{at.user}/remove/"),
        ("requests", "/requests/?priced=1"),
        ("requests-answered", "/requests/?show=answered"),
        ("request", f"{customer}/requests/{at.request}/"),
        ("request-new", f"{customer}/requests/new/?site={at.site}&voice=2"),
        ("limits", f"{customer}/limits/"),
        ("user-imports", f"{customer}/users/imports/"),
        ("user-import", f"{customer}/users/imports/{at.user_import}/"),
        ("invoices", "/invoices/"),
        ("invoice", f"/invoices/{at.invoice}/"),
        ("account", "/account/"),
        ("sessions", "/accounts/sessions/"),
        ("second-factor", "/accounts/second-factor/"),
        ("confirm-password", "/accounts/reauthenticate/"),
        ("not-found", f"/customers/{UUID(int=1)}/"),
    ]
    return [
        *(Stop(name, "maud", path) for name, path in partner),
        Stop("own-customer", "solene", f"{customer}/"),
        Stop("own-allocation", "solene", f"{site}/?voice=20"),
        Stop("own-exchange", "solene", f"{site}/exchange/"),
        Stop("own-edit", "solene", f"{customer}/edit/"),
        Stop("role-missing", "theo", f"{customer}/"),
        Stop("own-requests", "theo", "/requests/"),
        Stop("own-request", "theo", f"{customer}/requests/{at.request}/"),
        Stop("runs", "provider", "/billing-runs/"),
        Stop("run", "provider", f"/billing-runs/{at.run}/"),
        Stop("provider-customers", "provider", "/customers/"),
    ]
