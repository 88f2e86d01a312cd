"""``/customers``: the customers of a scope."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router

from strapontin.access import grants
from strapontin.access.grants import CustomerSeen
from strapontin.api import paging
from strapontin.api.answers import answer, created, expected_version, no_content
from strapontin.api.effects import fresh_effect_shown, show_effect
from strapontin.api.routes.common import changes_in, show_figures
from strapontin.api.schemas.allocations import ChangesOut
from strapontin.api.schemas.customers import (
    CustomerChange,
    CustomerChangeIn,
    CustomerIn,
    CustomerOut,
    CustomerPage,
    CustomersIn,
    CustomerWritten,
    ReactivationIn,
)
from strapontin.api.visit import ApiRequest
from strapontin.customers import queries
from strapontin.customers.customer_list import CustomerFilter, ListedCustomer, customers_by_name
from strapontin.customers.life import confirm_change, confirm_reactivation, preview_change, preview_reactivation
from strapontin.customers.operations import NewCustomer, change_customer, create_customer
from strapontin.customers.queries import Customer
from strapontin.customers.removal import remove_customer

router = Router(tags=["customers"])


def show_customer(customer: Customer) -> dict[str, Any]:
    """A customer with its running period, ``end`` exclusive."""
    return {
        "id": customer.id,
        "partner": customer.partner_id,
        "partner_name": customer.partner_name,
        "name": customer.name,
        "client_id": customer.client_id,
        "purchase_order": customer.purchase_order,
        "status": customer.status,
        "alignment": customer.alignment,
        "term_months": customer.term_months,
        "pending_term_months": customer.pending_term_months,
        "starts_on": customer.starts_on,
        "period": {"start": customer.period_starts_on, "end": customer.period_ends_on},
        "next_period_starts_on": customer.period_ends_on,
        "cancel_at_end_of_period": customer.cancel_at_end_of_period,
        "unlimited": customer.unlimited,
        "not_for_resale": customer.not_for_resale,
        "warn_at": {"free_seats": customer.warn_free_seats, "days": customer.warn_days},
        "archived_at": customer.archived_at,
    }


def _show_customer_with_seats(customer: ListedCustomer) -> dict[str, Any]:
    return show_customer(customer) | {"types": [show_figures(figures) for figures in customer.types]}


def _show_customer_without_seats(customer: ListedCustomer) -> dict[str, Any]:
    return show_customer(customer) | {"types": None}


@router.get("customers", response=CustomerPage)
def list_customers(request: ApiRequest, page: Query[CustomersIn]) -> HttpResponse:
    """The customers of your scope by name. Seats per type are shown with the role Subscription management."""
    actor = request.visit.actor
    reader = grants.scope_reader(actor)
    only = CustomerFilter(
        search=page.search,
        client_id=page.client_id,
        partner=grants.partner(actor, page.partner) if page.partner else None,
        status=page.status,
        archived=page.archived,
    )
    after = paging.decode(page.cursor, str, UUID)
    customers = customers_by_name(reader, only=only, after=after, limit=page.limit)
    show = _show_customer_with_seats if actor.holds("subscriptions") else _show_customer_without_seats
    return answer(paging.page(customers, page.limit, ["sort_key", "id"], show))


@router.post("customers", response={201: CustomerWritten})
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
    return _answer_written(grants.customer(visit.actor, customer_id), status=201)


@router.get("customers/{uuid:customer_id}", response=CustomerOut)
def read_customer(request: ApiRequest, customer_id: UUID) -> HttpResponse:
    """One customer."""
    return _answer_customer(grants.customer(request.visit.actor, customer_id))


@router.patch("customers/{uuid:customer_id}", response=CustomerWritten)
def edit_customer(request: ApiRequest, customer_id: UUID, body: CustomerChangeIn) -> HttpResponse:
    """Changes a customer.

    Another ``term_months`` is pending until the next period. The present ``term_months`` withdraws a pending one.
    ``warn_at`` warns if no more than ``free_seats`` of a type are free on a site, or if the site is full within
    ``days`` at the pace of the last 30 days.
    ``cancel_at_end_of_period`` ends the customer with its running period; ``false`` takes that back. ``archived`` is
    for a customer that has expired. With a ``digest``, only if that does exactly what was previewed: otherwise 409
    ``preview_outdated``.
    """
    visit = request.visit
    grant = grants.customer_editor(visit.actor, customer_id)
    changes = _changes_of_customer(body)
    digest = changes.pop("digest", None)
    version = expected_version(request)
    if digest is None:
        change_customer(grant, changes=changes, settings=visit.settings, at=visit.at, expected_version=version)
        return _answer_written(grant)
    with fresh_effect_shown():
        confirm_change(
            grant, changes=changes, digest=digest, settings=visit.settings, at=visit.at, expected_version=version
        )
    return _answer_written(grant)


def _changes_of_customer(body: CustomerChange) -> dict[str, Any]:
    changes = changes_in(body)
    if "warn_at" in changes:
        names = {"free_seats": "warn_free_seats", "days": "warn_days"}
        changes |= changes_in(changes.pop("warn_at"), columns=names)
    return changes


@router.post("customers/{uuid:customer_id}/preview", response=ChangesOut)
def preview_customer(request: ApiRequest, customer_id: UUID, body: CustomerChange) -> HttpResponse:
    """Shows what the change would do to the invoice on which the next period begins. Changes nothing."""
    visit = request.visit
    grant = grants.customer_editor(visit.actor, customer_id)
    effect = preview_change(grant, changes=_changes_of_customer(body), settings=visit.settings, at=visit.at)
    return answer(show_effect(effect))


@router.post("customers/{uuid:customer_id}/reactivation/preview", response=ChangesOut)
def preview_reactivating(request: ApiRequest, customer_id: UUID, body: ReactivationIn | None = None) -> HttpResponse:
    """Shows which seats a reactivation would allocate, and their price. Changes nothing."""
    visit = request.visit
    grant = grants.term_editor(visit.actor, customer_id)
    asked = body or ReactivationIn()
    effect = preview_reactivation(grant, term_months=asked.term_months, settings=visit.settings, at=visit.at)
    return answer(show_effect(effect))


@router.post("customers/{uuid:customer_id}/reactivation", response={201: ChangesOut})
def reactivate(request: ApiRequest, customer_id: UUID, body: ReactivationIn | None = None) -> HttpResponse:
    """Starts a cycle today for a customer that has expired, with the seats that were revoked."""
    visit = request.visit
    grant = grants.term_editor(visit.actor, customer_id)
    asked = body or ReactivationIn()
    with fresh_effect_shown():
        effect = confirm_reactivation(
            grant, term_months=asked.term_months, digest=asked.digest, settings=visit.settings, at=visit.at
        )
    return created(show_effect(effect))


@router.delete("customers/{uuid:customer_id}", response={204: None})
def delete_customer(request: ApiRequest, customer_id: UUID) -> HttpResponse:
    """Removes a customer that was made by mistake: one that never had seats, users, tenants or invoices."""
    visit = request.visit
    remove_customer(grants.term_editor(visit.actor, customer_id), at=visit.at)
    return no_content()


def _answer_customer(seen: CustomerSeen, *, status: int = 200) -> HttpResponse:
    customer = queries.customer(seen)
    return answer(show_customer(customer), status=status, version=customer.version)


def _answer_written(seen: CustomerSeen, *, status: int = 200) -> HttpResponse:
    customer = queries.customer(seen)
    others = queries.with_same_client_id(seen)
    warnings = [
        {
            "code": "client_id_twice",
            "detail": queries.same_client_id_warning(others),
            "customers": [{"id": other.id, "name": other.name} for other in others],
        }
    ]
    shown = show_customer(customer) | {"warnings": warnings if others else []}
    return answer(shown, status=status, version=customer.version)
