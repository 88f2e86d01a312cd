"""``/customers``."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router

from strapontin.access import grants
from strapontin.access.grants import CustomerSeen
from strapontin.api import paging
from strapontin.api.answers import answer, expected_version
from strapontin.api.routes.common import changes
from strapontin.api.schemas.customers import CustomerChange, CustomerIn, CustomerOut, CustomerPage, CustomersIn
from strapontin.api.visit import ApiRequest
from strapontin.cycles.customers import NewCustomer, change_customer, create_customer
from strapontin.organisation import customer_list

router = Router(tags=["customers"])


def show(found: dict[str, Any]) -> dict[str, Any]:
    """A customer with its running period, ``end`` exclusive."""
    return {
        "id": found["id"],
        "partner": found["partner_id"],
        "partner_name": found["partner_name"],
        "name": found["name"],
        "client_id": found["client_id"],
        "purchase_order": found["purchase_order"],
        "status": found["status"],
        "alignment": found["alignment"],
        "term_months": found["term_months"],
        "pending_term_months": found["pending_term_months"],
        "starts_on": found["starts_on"],
        "period": {"start": found["period_starts_on"], "end": found["period_ends_on"]},
        "next_period_starts_on": found["period_ends_on"],
        "cancel_at_end_of_period": found["cancel_at_end_of_period"],
        "unlimited": found["unlimited"],
        "not_for_resale": found["not_for_resale"],
    }


def _show_row(found: dict[str, Any]) -> dict[str, Any]:
    figures = ("allocated", "next_cycle", "used", "remaining", "over")
    types = [{"type": total["type_code"]} | {name: total[name] for name in figures} for total in found["totals"]]
    return show(found) | {"types": types}


@router.get("customers", response=CustomerPage)
def list_customers(request: ApiRequest, page: Query[CustomersIn]) -> HttpResponse:
    """Customers of one's scope by name, with their seats per type."""
    found = customer_list.customers(
        request.visit.actor,
        partner_id=page.partner,
        search=page.search,
        client_id=page.client_id,
        status=page.status,
        after=paging.decode(page.cursor, str, UUID),
        limit=page.limit,
    )
    return answer(paging.page(found, page.limit, ["sort_key", "id"], _show_row))


@router.post("customers", response={201: CustomerOut})
def add_customer(request: ApiRequest, body: CustomerIn) -> HttpResponse:
    """Creates a customer under a partner and opens its first period."""
    visit = request.visit
    grant = grants.customer_creator(visit.actor, body.partner)
    new = NewCustomer(
        name=body.name,
        term_months=body.term_months,
        client_id=body.client_id or "",
        purchase_order=body.purchase_order or "",
        starts_on=body.starts_on,
        unlimited=bool(body.unlimited),
        not_for_resale=bool(body.not_for_resale),
    )
    customer_id = create_customer(grant, new=new, settings=visit.settings, at=visit.at)
    return _one(grants.customer(visit.actor, customer_id), status=201)


@router.get("customers/{uuid:customer_id}", response=CustomerOut)
def read_customer(request: ApiRequest, customer_id: UUID) -> HttpResponse:
    """One customer."""
    return _one(grants.customer(request.visit.actor, customer_id))


@router.patch("customers/{uuid:customer_id}", response=CustomerOut)
def edit_customer(request: ApiRequest, customer_id: UUID, body: CustomerChange) -> HttpResponse:
    """Changes a customer; another ``term_months`` is pending until the next period, the present one withdraws it."""
    visit = request.visit
    grant = grants.customer_editor(visit.actor, customer_id)
    change_customer(
        grant,
        changes=changes(body),
        settings=visit.settings,
        at=visit.at,
        expected_version=expected_version(request),
    )
    return _one(grant)


def _one(seen: CustomerSeen, *, status: int = 200) -> HttpResponse:
    found = customer_list.customer(seen)
    return answer(show(found), status=status, version=found["version"])
