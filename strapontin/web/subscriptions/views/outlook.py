"""What is ahead in a scope: all renewals, and all sites that are soon full (SPEC 4, 9)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from strapontin.access import grants
from strapontin.outlook.queries import renewals, warnings
from strapontin.web.frame.answers import page
from strapontin.web.frame.labels import types
from strapontin.web.frame.lists import MOST_DIGITS, PAGE_SIZE, Address, whole_number
from strapontin.web.frame.shapes import Link
from strapontin.web.frame.visit import PageRequest
from strapontin.web.subscriptions.outlook import renewal_rows, warning_rows


@require_safe
def show_renewals(request: PageRequest) -> HttpResponse:
    """The renewals of the reader's scope within 60 days."""
    grant = grants.overview_reader(request.actor)
    if request.actor.customer_id:
        return redirect("customer", request.actor.customer_id)
    address, number = _place(request)
    listed = renewals(grant, today=request.visit.today, limit=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE)
    total = listed[0].customers if listed else 0
    context = {"rows": renewal_rows(listed, types()), **_frame(address, number, len(listed), total)}
    return page(request, "outlook/renewals.html", context)


@require_safe
def show_warnings(request: PageRequest) -> HttpResponse:
    """The sites of the reader's scope that are soon full."""
    grant = grants.overview_reader(request.actor)
    if request.actor.customer_id:
        return redirect("customer", request.actor.customer_id)
    address, number = _place(request)
    listed = warnings(grant, limit=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE)
    total = listed[0].places if listed else 0
    context = {"rows": warning_rows(listed, types()), **_frame(address, number, len(listed), total)}
    return page(request, "outlook/warnings.html", context)


def _place(request: PageRequest) -> tuple[Address, int]:
    """The address and the number of the page. A page after the last one is empty, and says so."""
    address = Address(request.path, request.GET)
    digits = address.get("page")[: MOST_DIGITS - 3]
    return address, max(1, whole_number(digits) or 1)


def _frame(address: Address, number: int, shown: int, total: int) -> dict[str, Any]:
    return {
        "crumbs": [Link(_("Subscriptions"), reverse("overview"))],
        "paging": address.paging(shown=shown, total=total, page=number),
    }
