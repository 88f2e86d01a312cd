"""Billing runs, for the provider: previewed, then run, with progress and what was parked (SPEC 7)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from strapontin.access import grants
from strapontin.access.actors import Actor
from strapontin.access.grants import ProviderGrant
from strapontin.billing import queries
from strapontin.billing.effects import next_invoice_date
from strapontin.billing.invoice_queries import invoices
from strapontin.jobs.requests import bill
from strapontin.refusals import Refusal
from strapontin.web.frame.answers import Done, attempt, page
from strapontin.web.frame.forms import say_in
from strapontin.web.frame.shapes import Link
from strapontin.web.frame.visit import PageRequest
from strapontin.web.provider.forms import RunForm

MOST_INVOICES = 100
"""How many invoices the page of a run shows; the others stand in the list of invoices."""


@require_http_methods(["GET", "HEAD", "POST"])
def show_runs(request: PageRequest) -> HttpResponse:
    """The latest runs, and the form for another: a preview, or a run that issues once the administrator is sure."""
    visit = request.visit
    grant = grants.provider(request.actor)
    following = next_invoice_date(today=visit.today, settings=visit.settings)
    form = RunForm(request.POST or None, initial={"date": following})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            preview = request.POST.get("action") != "issue"
            day = form.cleaned_data["date"]
            # A date that would be refused needs no question.
            if not preview and day <= visit.today and request.POST.get("sure") != "yes":
                return _ask_before_issuing(request, day)
            requested = attempt(lambda: _request(request, grant, day, preview=preview))
            if not isinstance(requested, Refusal):
                title = _("The preview begins.") if preview else _("The run begins.")
                return Done(reverse("billing_run", args=[requested]), title)
            status = say_in(form, requested)
    context = {
        "form": form,
        "runs": [(run, reverse("billing_run", args=[run.id])) for run in queries.runs(grant)],
        "save_url": request.path,
        "next_on": following,
        "incomplete": _incomplete(request),
    }
    return page(request, "provider/billing_runs.html", context, status=status)


def _ask_before_issuing(request: PageRequest, day: date) -> HttpResponse:
    context = {
        "on": day,
        "crumbs": [Link(_("Billing runs"), request.path)],
        "save_url": request.path,
        "back_url": request.path,
    }
    return page(request, "provider/issue_question.html", context)


def _request(request: PageRequest, grant: ProviderGrant, day: date, *, preview: bool) -> UUID:
    return bill(grant, day=day, preview=preview, settings=request.visit.settings, at=request.visit.at)


@require_safe
def show_run(request: PageRequest, run_id: UUID) -> HttpResponse:
    """A run: its progress, what it billed or would bill, and which customers it parked."""
    grant = grants.provider(request.actor)
    run = queries.run(grant, run_id=run_id)
    running = run.facts.state in ("queued", "running")
    reader = _reader(request.actor)
    issued = invoices(reader, run_id=run_id, limit=MOST_INVOICES + 1) if reader and not run.facts.preview else []
    context = {
        "run": run.facts,
        "running": running,
        "crumbs": [Link(_("Billing runs"), reverse("billing_runs"))],
        "page_url": request.path,
        "invoices": [(invoice, reverse("invoice", args=[invoice.id])) for invoice in issued[:MOST_INVOICES]],
        "all_invoices_url": reverse("invoices") if len(issued) > MOST_INVOICES else "",
        "previews": run.previews,
        "parked": [(customer.customer_name, parked_reason(customer.reason)) for customer in run.parked],
        "runs_url": reverse("billing_runs"),
        "incomplete": _incomplete(request) if run.facts.state != "done" and not run.facts.preview else "",
    }
    return page(request, "provider/billing_run.html", context)


def _incomplete(request: PageRequest) -> str:
    """Why no invoice can be issued, in a sentence; empty if nothing is missing."""
    missing = request.visit.settings.issuer_missing
    return Refusal("issuer_incomplete", fields=missing).sentence if missing else ""


def _reader(actor: Actor) -> grants.InvoiceReader | None:
    return grants.invoice_reader(actor) if actor.holds("invoices") else None


def parked_reason(code: str) -> str:
    """Why a customer was left out, in a sentence."""
    reasons = {
        "price_missing": _("A price is missing for this customer's period."),
        "country_missing": _("The payer's country is missing, so the tax is not known."),
        "vat_number_invalid": _("The payer's VAT number is not one of its country."),
        "tax_unknown": _("No tax is known for the payer's country and VAT number."),
        "not_computed": _("What it owes could not be computed."),
        "payer_missing": _("No partner above this customer is marked as payer."),
    }
    return reasons.get(code, _("Its data is faulty."))
