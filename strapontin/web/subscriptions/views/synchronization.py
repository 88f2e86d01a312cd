"""Reading a customer's used seats from its stacks: asking for it, and how far it is (SPEC 6)."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe
from django_htmx.http import trigger_client_event

from strapontin.access import grants
from strapontin.jobs.requests import synchronize
from strapontin.stacks.queries import synchronization
from strapontin.web.frame.answers import page, post_only
from strapontin.web.frame.visit import PageRequest
from strapontin.web.subscriptions.synchronizations import compose


@post_only
def begin_synchronization(request: PageRequest, customer_id: UUID) -> HttpResponse:
    """Begins a synchronisation, or joins the running one. The page then shows how far it is."""
    synchronize(grants.allocation_manager(request.actor, customer_id), at=request.visit.at)
    return redirect("customer", customer_id)


@require_safe
def show_progress(request: PageRequest, customer_id: UUID, synchronization_id: UUID) -> HttpResponse:
    """How far a synchronisation is: a fragment, asked for every second. Without script, the customer's page."""
    grant = grants.allocation_manager(request.actor, customer_id)
    progress = synchronization(grant, synchronization_id=synchronization_id)
    if not request.htmx:
        return redirect("customer", customer_id)
    sync = compose(progress, customer_id, shows_users=request.actor.holds("users"))
    response = page(request, "subscriptions/_sync_update.html", {"sync": sync})
    if not sync.running:
        trigger_client_event(response, "sync-done", after="settle")
    return response
