"""A customer's term, end and new beginning: what is asked with its effect, and then done exactly so (SPEC 3, 4, 7)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from strapontin.access import grants
from strapontin.access.grants import CustomerEditor, TermEditor
from strapontin.allocations.openings import lock_customer
from strapontin.customers.life import confirm_change, confirm_reactivation
from strapontin.customers.operations import change_customer
from strapontin.customers.removal import remove_customer
from strapontin.customers.terms import offers_of_reactivation
from strapontin.organisation.models import TERMS_MONTHS
from strapontin.refusals import Refusal, day_in_words
from strapontin.web.customers import decisions
from strapontin.web.customers.shapes import Decision, TermCard
from strapontin.web.customers.terms import term_cards
from strapontin.web.frame.answers import Done, attempt, page, post_only
from strapontin.web.frame.labels import types
from strapontin.web.frame.lists import whole_number
from strapontin.web.frame.shapes import Link, Note
from strapontin.web.frame.visit import PageRequest

Asked = Callable[[], tuple[Decision, str]]
GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


@GET_OR_POST
def change_term(request: PageRequest, customer_id: UUID) -> HttpResponse:
    """Asks for another term; posted with its digest, exactly that is planned."""
    grant = grants.term_editor(request.actor, customer_id)
    months = _months(request) or grant.customer.term_months

    def asked() -> tuple[Decision, str]:
        return decisions.term_decision(request.visit, grant, types(), months)

    def confirm(digest: str) -> str:
        _change(request, grant, {"term_months": months}, digest)
        if months == grant.customer.term_months:
            return _("The term stays at %(months)s.") % {"months": decisions.months_in_words(months)}
        return _("From %(on)s on, the term is %(months)s. Until then you can withdraw it.") % {
            "on": day_in_words(grant.customer.period_ends_on),
            "months": decisions.months_in_words(months),
        }

    return _decide(request, grant, asked, confirm)


@GET_OR_POST
def cancel(request: PageRequest, customer_id: UUID) -> HttpResponse:
    """Asks whether the customer shall end with its period; posted, it will."""
    grant = grants.term_editor(request.actor, customer_id)

    def confirm(digest: str) -> str:
        _change(request, grant, {"cancel_at_end_of_period": True}, digest)
        on = day_in_words(grant.customer.period_ends_on)
        return _("This customer ends on %(on)s. Until then you can take it back.") % {"on": on}

    return _decide(request, grant, lambda: decisions.cancellation(request.visit, grant, types()), confirm)


@post_only
def withdraw_cancellation(request: PageRequest, customer_id: UUID) -> HttpResponse:
    """The customer goes on after all."""
    grant, visit = grants.term_editor(request.actor, customer_id), request.visit
    url = reverse("customer_edit", args=[customer_id])
    # Brought to today before it is read: it may have ended meanwhile.
    now = lock_customer(request.actor, customer_id, settings=visit.settings, at=visit.at)
    if now.status == "active" and not now.cancel_at_end_of_period:
        return Done(url, _("No end is planned: nothing was changed."), level=messages.INFO)
    change_customer(grant, changes={"cancel_at_end_of_period": False}, settings=visit.settings, at=visit.at)
    return Done(url, _("The end is withdrawn: this customer goes on."))


@GET_OR_POST
def reactivate(request: PageRequest, customer_id: UUID) -> HttpResponse:
    """Asks for which term a customer that has ended starts anew; posted, it does so today."""
    grant, visit = grants.term_editor(request.actor, customer_id), request.visit
    if request.method != "POST" and grant.customer.status == "active":
        sentence = Refusal("still_active").sentence
        return Done(reverse("customer_edit", args=[customer_id]), sentence, level=messages.INFO)
    months = _months(request) or grant.customer.term_months
    offers = offers_of_reactivation(grant, settings=visit.settings, at=visit.at)

    def confirm(digest: str) -> str:
        confirm_reactivation(grant, term_months=months, digest=digest, settings=visit.settings, at=visit.at)
        return _("This customer is active again.")

    return _decide(
        request,
        grant,
        lambda: decisions.reactivation(visit, grant, types(), months),
        confirm,
        cards=term_cards(offers, types(), chosen=months),
    )


@GET_OR_POST
def change_resale(request: PageRequest, customer_id: UUID) -> HttpResponse:
    """Asks whether the customer shall be left out of sums and invoices, or no longer."""
    grants.provider(request.actor)
    grant = grants.term_editor(request.actor, customer_id)

    def confirm(digest: str) -> str:
        wanted = request.POST.get("not_for_resale") == "yes"
        _change(request, grant, {"not_for_resale": wanted}, digest)
        return _("This customer is not for resale.") if wanted else _("This customer is for resale.")

    return _decide(request, grant, lambda: decisions.resale(request.visit, grant, types()), confirm)


@GET_OR_POST
def change_unlimited(request: PageRequest, customer_id: UUID) -> HttpResponse:
    """Asks whether users need no free seat until the date from which all of them do."""
    grants.provider(request.actor)
    grant, visit = grants.term_editor(request.actor, customer_id), request.visit

    def confirm(digest: str) -> str:
        wanted = request.POST.get("unlimited") == "yes"
        change_customer(grant, changes={"unlimited": wanted}, settings=visit.settings, at=visit.at)
        return _("This customer is unlimited.") if wanted else _("This customer is no longer unlimited.")

    return _decide(request, grant, lambda: (decisions.unlimited(visit, grant), ""), confirm)


@post_only
def archive(request: PageRequest, customer_id: UUID) -> HttpResponse:
    """Leaves a customer that has ended out of the lists, or takes it back into them."""
    grant, visit = grants.term_editor(request.actor, customer_id), request.visit
    archived = request.POST.get("archived") == "yes"
    change_customer(grant, changes={"archived": archived}, settings=visit.settings, at=visit.at)
    title = _("This customer is in the archive.") if archived else _("This customer is in the lists again.")
    return Done(reverse("customer_edit", args=[customer_id]), title)


@GET_OR_POST
def remove(request: PageRequest, customer_id: UUID) -> HttpResponse:
    """Asks whether a customer that was made by mistake shall go; posted, it goes."""
    grant = grants.term_editor(request.actor, customer_id)

    def confirm(digest: str) -> str:
        remove_customer(grant, at=request.visit.at)
        return _("The customer %(name)s is removed.") % {"name": grant.customer.name}

    back_url = reverse("customers")
    return _decide(request, grant, lambda: (decisions.removal_of_customer(grant.customer), ""), confirm, after=back_url)


def _change(request: PageRequest, grant: TermEditor, changes: dict[str, Any], digest: str) -> None:
    visit = request.visit
    confirm_change(grant, changes=changes, digest=digest, settings=visit.settings, at=visit.at)


def _months(request: PageRequest) -> int | None:
    asked = request.POST if request.method == "POST" else request.GET
    months = whole_number(asked.get("term_months", ""))
    return months if months in TERMS_MONTHS else None


def _decide(
    request: PageRequest,
    grant: CustomerEditor,
    asked: Asked,
    confirm: Callable[[str], str],
    *,
    cards: list[TermCard] | None = None,
    after: str = "",
) -> HttpResponse:
    """Shows what would happen; posted with the digest of what was shown, does it and leads back.

    What is refused is said above what would happen now.
    """
    edit_url = reverse("customer_edit", args=[grant.customer.id])
    notes, status = [], 200
    if request.method == "POST":
        done = _confirmed(request, confirm)
        if isinstance(done, str):
            return Done(after or edit_url, done)
        notes = [Note("warn", done.sentence, focus=True)]
        status = done.status
    now = attempt(asked)
    if isinstance(now, Refusal):
        if not notes:
            raise now
        decision, digest = None, ""
    else:
        decision, digest = now
    context = {
        "customer": grant.customer,
        "crumbs": [Link(_("Customers"), reverse("customers")), Link(grant.customer.name, edit_url)],
        "decision": decision,
        "digest": digest,
        "cards": cards or [],
        "choose_url": request.path,
        "notes": notes,
        "back_url": edit_url,
    }
    return page(request, "customers/decision.html", context, status=status)


def _confirmed(request: PageRequest, confirm: Callable[[str], str]) -> str | Refusal:
    if request.POST.get("ticks") and not request.POST.get("ticked"):
        return Refusal("tick_first")
    return attempt(lambda: confirm(request.POST.get("digest", "")))
