"""What a customer's own administrators may change without their partner (API.md, /limits)."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from strapontin.access import grants
from strapontin.allocations.limits import Limits, limits_of, set_limits
from strapontin.cycles.queries import sees_money
from strapontin.refusals import Refusal
from strapontin.web.customers.forms import LimitsForm
from strapontin.web.frame.answers import Done, attempt, page
from strapontin.web.frame.forms import say_in
from strapontin.web.frame.shapes import Link
from strapontin.web.frame.visit import PageRequest


@require_http_methods(["GET", "HEAD", "POST"])
def edit_limits(request: PageRequest, customer_id: UUID) -> HttpResponse:
    """The limits, for partners and the provider; the amount for those who see amounts."""
    grant = grants.term_editor(request.actor, customer_id)
    visit = request.visit
    form = LimitsForm(request.POST or None, with_amount=sees_money(grant), initial=asdict(limits_of(grant)))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            limits = Limits(**form.cleaned_data)
            saved = attempt(lambda: set_limits(grant, limits=limits, settings=visit.settings, at=visit.at))
            if not isinstance(saved, Refusal):
                return Done(request.path, _("Saved."))
            status = say_in(form, saved)
    back_url = reverse("customer_edit", args=[customer_id])
    context = {
        "crumbs": [Link(_("Customers"), reverse("customers")), Link(grant.customer.name, back_url)],
        "name": grant.customer.name,
        "form": form,
        "save_url": request.path,
        "back_url": back_url,
    }
    return page(request, "customers/limits.html", context, status=status)
