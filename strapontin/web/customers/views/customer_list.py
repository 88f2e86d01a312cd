"""The customers of the reader's scope by name (SPEC 3)."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from strapontin.refusals import Refusal
from strapontin.web.customers.table import customer_table
from strapontin.web.frame.visit import PageRequest


@require_safe
def show_customers(request: PageRequest) -> HttpResponse:
    """The list of names; a customer's own administrator is led to that customer."""
    if not request.actor.holds("customers"):
        raise Refusal("role_missing", role="customers")
    if request.actor.customer_id:
        return redirect("customer_edit", request.actor.customer_id)
    to = "customer" if request.actor.holds("subscriptions") else "customer_edit"
    return customer_table(request, title=_("Customers"), lead="", to=to, creates=True)
