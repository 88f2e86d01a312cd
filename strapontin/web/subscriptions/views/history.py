"""The whole ledger of a customer, page by page."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from strapontin.access import grants
from strapontin.allocations.queries import ledger
from strapontin.web.frame.answers import page
from strapontin.web.frame.labels import types
from strapontin.web.frame.shapes import Link
from strapontin.web.frame.visit import PageRequest
from strapontin.web.subscriptions.changes import past_changes
from strapontin.web.subscriptions.customer import customer_head
from strapontin.web.subscriptions.navigation import crumbs_to_customer

ENTRIES_PER_PAGE = 50


@require_safe
def show_history(request: PageRequest, customer_id: UUID) -> HttpResponse:
    """Entries of the ledger, the newest first; the address says before which entry to begin."""
    grant = grants.allocation_manager(request.actor, customer_id)
    before = _uuid(request.GET.get("before", ""))
    entries = ledger(grant, before=before, limit=ENTRIES_PER_PAGE + 1)
    of_page, more = entries[:ENTRIES_PER_PAGE], entries[ENTRIES_PER_PAGE:]
    customer_url = reverse("customer", args=[customer_id])
    context = {
        "customer": customer_head(grant.customer),
        "crumbs": crumbs_to_customer(request.actor, Link(grant.customer.name, customer_url)),
        "history": past_changes(of_page, types(), local_day=request.visit.settings.day),
        "newest_url": request.path if before else "",
        "older_url": f"{request.path}?before={of_page[-1].id}" if more else "",
    }
    return page(request, "subscriptions/history.html", context)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
