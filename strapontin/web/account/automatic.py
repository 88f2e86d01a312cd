"""One's automatic allocations: seen, changed and ended in one's account (SPEC 5)."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from strapontin.access import grants
from strapontin.access.automatic import choose_automatic_allocation, end_automatic_allocation
from strapontin.allocations.operations import MAX_QUANTITY
from strapontin.web.frame.answers import Done, post_only
from strapontin.web.frame.forms import Form
from strapontin.web.frame.visit import PageRequest

USUAL_CEILING = 5


class AutomaticForm(Form):
    """The ceiling of an automatic allocation."""

    seats_per_month = forms.IntegerField(
        label=gettext_lazy("Seats per month at most"),
        min_value=1,
        max_value=MAX_QUANTITY,
        initial=USUAL_CEILING,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), gettext_lazy("Type a whole number of seats, 1 at least.")
        ),
    )


@post_only
def change_automatic(request: PageRequest, customer_id: UUID) -> HttpResponse:
    """Changes the ceiling for a customer or, with ``action=end``, ends the automatic allocation there."""
    account = reverse("account") + "#automatic"
    if request.POST.get("action") == "end":
        seen = grants.customer(request.actor, customer_id)
        end_automatic_allocation(seen, at=request.visit.at)
        title = _("Automatic allocation is ended for %(customer)s: you will be asked again.")
        return Done(account, title % {"customer": seen.customer.name})
    grant = grants.allocation_manager(request.actor, customer_id)
    form = AutomaticForm(request.POST)
    if not form.is_valid():
        return Done(
            account, _("Nothing was saved."), " ".join(map(str, form.errors["seats_per_month"])), level=messages.ERROR
        )
    ceiling = form.cleaned_data["seats_per_month"]
    choose_automatic_allocation(grant, enabled=True, seats_per_month=ceiling, at=request.visit.at)
    title = ngettext(
        "%(customer)s: up to %(seats)s seat a month is allocated without asking you.",
        "%(customer)s: up to %(seats)s seats a month are allocated without asking you.",
        ceiling,
    )
    return Done(account, title % {"customer": grant.customer.name, "seats": ceiling})
