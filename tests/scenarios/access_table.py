"""Every endpoint, who may use it, and a request that would work: read by the access tests.

``needs`` is the role without which it answers ``role_missing``; without it, any role will do. ``open`` marks what
needs no role at all, ``provider`` what is the provider's own, ``above_customers`` what a customer's administrator never
may.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from strapontin.imports.columns import FIELDS
from tests.cast import Cast, Customer

Body = Callable[["Scene"], Any]


@dataclass(frozen=True)
class Row:
    """An endpoint. ``body`` makes a request for the scene's customer."""

    needs: str | None = None
    body: Body | None = None
    provider: bool = False
    above_customers: bool = False
    open: bool = False
    # A table of things, looked up by a job: what is outside the scope is told there, row by row.
    later: bool = False
    # Another role that opens it as well.
    either: str | None = None


class Scene:
    """The cast, with one of everything for ``brumes`` and its partner, and the same for the outsider."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.ids = _furnish(cast, cast.brumes, cast.opaline)
        self.theirs = _furnish(cast, cast.zenith, cast.tramontane)
        run = cast.bill("2022-06-01")
        for ids, payer in ((self.ids, cast.opaline), (self.theirs, cast.tramontane)):
            ids["run_id"] = run.id
            ids["invoice_id"] = cast.invoice("2022-06-01", payer)["id"]
        cast.clock("2022-09-01")

    def address(self, template: str) -> str:
        """The address of our customer's, our partner's things."""
        return template.format_map(self.ids)


def _furnish(cast: Cast, customer: Customer, partner: str) -> dict[str, str]:
    provider = cast.provider
    site = customer.site()
    assert site.allocate(voice=5).status == 201
    exchange = {"site": site.id, "from": "voice", "to": "uc", "quantity": 1}
    exchanged = provider.made(f"{customer.path}/exchanges", exchange)
    user = site.add_user("Ana", email="ana@example.org")
    stack = provider.made(
        "/stacks", {"name": "Standard", "kind": "wazo", "url": "https://stack.example", "partner": partner}
    )
    tenants = f"{customer.path}/sites/{site.id}/stack-tenants"
    tenant = provider.made(tenants, {"stack": stack.id, "tenant_uuid": str(uuid4())})
    synchronization = provider.made(f"{customer.path}/synchronizations", None)
    scope = {"customer": customer.id}
    listed = {"first_name": "Bob", "email": "bob@example.org", "site": site.id, "type": "voice"}
    user_import = provider.made(f"{customer.path}/user-imports", {"users": [listed], "preview": True})
    wanted = {"customer": customer.id, "site": site.id, "type": "voice", "quantity": 6}
    bulk = customer.administrator.made("/bulk-allocations", {"changes": [wanted], "preview": True})
    key = provider.made("/api-keys", {"name": "A key", "scope": scope, "roles": []})
    person = {"name": "Zoé", "email": f"{uuid4()}@example.org", "scope": scope, "roles": ["users"]}
    administrator = provider.made("/administrators", person)
    own_prices = {"name": "Own", "currency": "EUR", "valid_from": "2022-01-01", "partner": partner}
    prices = provider.made("/price-lists", own_prices | {"prices": {"voice": "10.00", "uc": "18.00"}})
    request = provider.made(f"{customer.path}/requests", {"allocations": [{"site": site.id, "type": "uc", "seats": 1}]})
    return {
        "customer_id": customer.id,
        "request_id": request.id,
        "site_id": site.id,
        "user_id": user.id,
        "exchange_id": exchanged.id,
        "stack_id": stack.id,
        "tenant_id": tenant.id,
        "synchronization_id": synchronization.id,
        "import_id": user_import.id,
        "bulk_id": bulk.id,
        "key_id": key.id,
        "administrator_id": administrator.id,
        "price_list_id": prices.id,
        "partner_id": partner,
        "code": "voice",
    }


def _changes(scene: Scene) -> Any:
    return {"changes": [{"site": scene.ids["site_id"], "type": "voice", "quantity": 7}]}


def _exchange(scene: Scene) -> Any:
    return {"site": scene.ids["site_id"], "from": "voice", "to": "uc", "quantity": 1}


def _user(scene: Scene) -> Any:
    facts = {"first_name": "Bea", "email": "bea@example.org", "allocate_missing": True}
    return facts | {"site": scene.ids["site_id"], "type": "voice"}


def _seats(scene: Scene) -> Any:
    return {"allocations": [{"site": scene.ids["site_id"], "type": "voice", "seats": 1}]}


def _listed(scene: Scene) -> Any:
    return {"first_name": "Cid", "email": f"{uuid4()}@example.org", "site": scene.ids["site_id"], "type": "voice"}


def _wanted(scene: Scene) -> Any:
    return {"customer": scene.ids["customer_id"], "site": scene.ids["site_id"], "type": "voice", "quantity": 8}


def _scope(scene: Scene) -> Any:
    return {"customer": scene.ids["customer_id"]}


C = "/customers/{customer_id}"
SITE = C + "/sites/{site_id}"
TABLE: dict[str, Row] = {
    f"GET {C}/users": Row("users"),
    f"POST {C}/users": Row("users", _user),
    f"POST {C}/users/preview": Row("users", _user),
    f"GET {C}/users/{{user_id}}": Row("users"),
    f"PATCH {C}/users/{{user_id}}": Row("users", lambda s: {"extension": "101"}),
    f"POST {C}/users/{{user_id}}/stack-creation": Row("users", lambda s: {"tenant": s.ids["tenant_id"]}),
    f"GET {C}/subscriptions": Row("subscriptions"),
    f"POST {C}/allocation-changes/preview": Row("subscriptions", _changes),
    f"POST {C}/allocation-changes": Row("subscriptions", _changes),
    f"GET {C}/exchanges": Row("subscriptions"),
    f"POST {C}/exchanges/preview": Row("subscriptions", _exchange),
    f"POST {C}/exchanges": Row("subscriptions", _exchange),
    f"POST {C}/exchanges/{{exchange_id}}/undo/preview": Row("subscriptions"),
    f"POST {C}/exchanges/{{exchange_id}}/undo": Row("subscriptions"),
    f"GET {C}/ledger": Row("subscriptions"),
    f"GET {C}/automatic-allocation": Row("subscriptions"),
    f"PUT {C}/automatic-allocation": Row("subscriptions", lambda s: {"enabled": True, "seats_per_month": 5}),
    f"POST {C}/synchronizations": Row("subscriptions"),
    f"GET {C}/synchronizations": Row("subscriptions"),
    f"GET {C}/synchronizations/{{synchronization_id}}": Row("subscriptions"),
    f"POST {C}/requests": Row("users", _seats, either="subscriptions"),
    f"GET {C}/requests": Row("users", either="subscriptions"),
    f"GET {C}/requests/{{request_id}}": Row("users", either="subscriptions"),
    "GET /requests": Row("users", either="subscriptions"),
    f"POST {C}/requests/{{request_id}}/reminder": Row("users"),
    f"POST {C}/requests/{{request_id}}/decline": Row("subscriptions", lambda s: {"reason": "No"}),
    f"POST {C}/requests/{{request_id}}/approve": Row("subscriptions"),
    f"POST {C}/requests/{{request_id}}/withdraw": Row("users"),
    f"GET {C}/limits": Row("customers", above_customers=True),
    f"PUT {C}/limits": Row("customers", lambda s: {"may_lower": True, "may_raise": True}, above_customers=True),
    f"GET {C}/user-imports": Row("users"),
    f"POST {C}/user-imports": Row("users", lambda s: {"users": [_listed(s)], "preview": True}),
    f"GET {C}/user-imports/{{import_id}}": Row("users"),
    f"PUT {C}/user-imports/{{import_id}}/columns": Row("users", lambda s: {"fields": list(FIELDS)}),
    f"POST {C}/user-imports/{{import_id}}/confirmation": Row("users", lambda s: {"allocate_missing": False}),
    "GET /bulk-allocations": Row("subscriptions"),
    "POST /bulk-allocations": Row("subscriptions", lambda s: {"changes": [_wanted(s)], "preview": True}, later=True),
    "GET /bulk-allocations/{bulk_id}": Row("subscriptions"),
    "POST /bulk-allocations/{bulk_id}/confirmation": Row("subscriptions"),
    f"GET {C}": Row(),
    f"PATCH {C}": Row("customers", lambda s: {"purchase_order": "PO 7"}),
    f"POST {C}/preview": Row("customers", lambda s: {"term_months": 12}, above_customers=True),
    f"POST {C}/reactivation/preview": Row("customers", lambda s: {}, above_customers=True),
    f"POST {C}/reactivation": Row("customers", lambda s: {}, above_customers=True),
    f"DELETE {C}": Row("customers", above_customers=True),
    f"GET {C}/sites": Row(),
    f"POST {C}/sites": Row("customers", lambda s: {"name": "Brest"}),
    f"GET {SITE}": Row(),
    f"PATCH {SITE}": Row("customers", lambda s: {"address": "1 quai du Port"}),
    f"DELETE {SITE}": Row("customers"),
    f"GET {SITE}/stack-tenants": Row(),
    f"POST {SITE}/stack-tenants": Row(
        "stacks", lambda s: {"stack": s.ids["stack_id"], "tenant_uuid": str(uuid4())}, above_customers=True
    ),
    f"POST {SITE}/stack-tenants/{{tenant_id}}/detachment/preview": Row("stacks", above_customers=True),
    f"DELETE {SITE}/stack-tenants/{{tenant_id}}": Row("stacks", above_customers=True),
    f"POST {C}/users/{{user_id}}/dismissal": Row("users"),
    f"POST {SITE}/stack-tenants/{{tenant_id}}/detachment": Row("stacks", above_customers=True),
    f"POST {C}/users/bulk": Row("users", lambda s: {"users": [s.ids["user_id"]], "action": "disable", "preview": True}),
    "GET /users": Row("users"),
    f"DELETE {C}/users/{{user_id}}": Row("users"),
    f"POST {C}/users/{{user_id}}/erasure": Row("users"),
    "GET /customers": Row(),
    "POST /customers": Row(
        "customers",
        lambda s: {"partner": s.ids["partner_id"], "name": "Neuf", "term_months": 1},
        above_customers=True,
    ),
    "GET /overview": Row("subscriptions"),
    "GET /renewals": Row("subscriptions"),
    "GET /seat-warnings": Row("subscriptions"),
    "GET /invoices": Row("invoices"),
    "GET /invoices/{invoice_id}": Row("invoices"),
    "GET /price-lists": Row("invoices"),
    "GET /price-lists/{price_list_id}": Row("invoices"),
    "POST /price-lists": Row(
        body=lambda s: {"name": "New", "currency": "EUR", "valid_from": "2023-01-01", "prices": {"uc": "1.00"}},
        provider=True,
    ),
    "DELETE /price-lists/{price_list_id}": Row(provider=True),
    "GET /billing-runs": Row(provider=True),
    "POST /billing-runs": Row(body=lambda s: {"date": "2022-07-01", "preview": True}, provider=True),
    "GET /billing-runs/{run_id}": Row(provider=True),
    "GET /partners": Row(),
    "POST /partners": Row(body=lambda s: {"name": "Neuf"}, provider=True),
    "GET /partners/{partner_id}": Row(),
    "PATCH /partners/{partner_id}": Row(body=lambda s: {"region": "QC"}, provider=True),
    "POST /partners/{partner_id}/move/preview": Row(body=lambda s: {"parent": None}, provider=True),
    "POST /partners/{partner_id}/move": Row(body=lambda s: {"parent": None}, provider=True),
    "GET /subscription-types": Row(open=True),
    "POST /subscription-types": Row(body=lambda s: {"code": "fax", "name_fr": "Fax", "name_en": "Fax"}, provider=True),
    "GET /subscription-types/{code}": Row(open=True),
    "PATCH /subscription-types/{code}": Row(body=lambda s: {"position": 3}, provider=True),
    "GET /stacks": Row("stacks", above_customers=True),
    "POST /stacks": Row(
        "stacks", lambda s: {"name": "Two", "kind": "wazo", "url": "https://two.example"}, above_customers=True
    ),
    "GET /stacks/{stack_id}": Row("stacks", above_customers=True),
    "PATCH /stacks/{stack_id}": Row("stacks", lambda s: {"verify_tls": True}, above_customers=True),
    "GET /api-keys": Row("administrators"),
    "POST /api-keys": Row("administrators", lambda s: {"name": "New", "scope": _scope(s), "roles": []}),
    "GET /api-keys/{key_id}": Row("administrators"),
    "GET /administrators": Row("administrators"),
    "POST /administrators": Row(
        "administrators",
        lambda s: {"name": "Léa", "email": f"{uuid4()}@example.org", "scope": _scope(s), "roles": []},
    ),
    "GET /administrators/{administrator_id}": Row("administrators"),
    "PATCH /administrators/{administrator_id}": Row("administrators", lambda s: {"name": "Zoé B."}),
    "DELETE /administrators/{administrator_id}/second-factor": Row("administrators"),
    "DELETE /api-keys/{key_id}": Row("administrators"),
    "DELETE /administrators/{administrator_id}": Row("administrators"),
    "GET /journal": Row("administrators"),
    "GET /settings": Row(provider=True),
    "PATCH /settings": Row(body=lambda s: {"contact": "1 rue"}, provider=True),
    "GET /clock": Row(open=True),
    "POST /clock": Row(body=lambda s: {"now": "2023-01-01T00:00:00Z"}, provider=True),
}
