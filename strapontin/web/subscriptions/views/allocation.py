"""A site: raise and lower its seats, with the effect beside them before anything is confirmed (SPEC 4)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from strapontin.access import grants
from strapontin.allocations.openings import lock_customer
from strapontin.allocations.queries import returnable
from strapontin.allocations.rules import Change
from strapontin.billing.effects import confirm_changes
from strapontin.customers.subscriptions import subscriptions_of
from strapontin.kit.ids import new_id
from strapontin.refusals import Refusal
from strapontin.web.figures.effects import invoicing_partner
from strapontin.web.frame.answers import Done, attempt, page, post_only
from strapontin.web.frame.labels import types
from strapontin.web.frame.lists import whole_number
from strapontin.web.frame.shapes import Link, Note
from strapontin.web.frame.visit import PageRequest
from strapontin.web.subscriptions.allocation import Sheet, open_sheet, preview, rows_of_types
from strapontin.web.subscriptions.consequences import sentences
from strapontin.web.subscriptions.customer import customer_head
from strapontin.web.subscriptions.meanwhile import refused_confirmation
from strapontin.web.subscriptions.navigation import crumbs_to_customer


@require_http_methods(["GET", "HEAD", "POST"])
def change_allocation(request: PageRequest, customer_id: UUID, site_id: UUID) -> HttpResponse:
    """The quantities of a site. Posted without ``confirm`` the effect is shown; with it, the change is made."""
    typed = request.POST if request.method == "POST" else request.GET
    sheet = open_sheet(request.visit, customer_id, site_id, typed)
    if request.method == "POST" and "confirm" in request.POST:
        return _confirm(request, sheet)
    preview(sheet)
    return _answer(request, sheet, 200)


@post_only
def preview_allocation(request: PageRequest, customer_id: UUID, site_id: UUID) -> HttpResponse:
    """The effect of what is being typed, for htmx: the same fragments as on the page."""
    sheet = open_sheet(request.visit, customer_id, site_id, request.POST)
    preview(sheet)
    return page(request, "subscriptions/_allocation_preview.html", _context(request, sheet))


def _confirm(request: PageRequest, sheet: Sheet) -> HttpResponse:
    digest = sheet.confirms(request.POST.get("digest", ""))
    doubles = bool(sheet.doubled) and sheet.asked != sheet.doubled_token
    if sheet.invalid or not sheet.changes or digest is None or doubles:
        preview(sheet)
        sheet.refusal = sheet.refusal or _why_not(sheet, doubles=doubles)
        return _answer(request, sheet, 422 if sheet.invalid or not sheet.changes else 200)
    visit = sheet.visit
    confirmed = attempt(
        lambda: confirm_changes(sheet.grant, changes=sheet.changes, settings=visit.settings, at=visit.at, digest=digest)
    )
    if isinstance(confirmed, Refusal):
        fresh = open_sheet(visit, sheet.grant.customer.id, sheet.site.site_id, request.POST)
        preview(fresh)
        fresh.refusal = refused_confirmation(confirmed, fresh.grant, fresh.seen, fresh.types, visit)
        fresh.seen = str(new_id())
        return _answer(request, fresh, confirmed.status)
    count = len(sheet.changes)
    title = ngettext("%(count)s change saved at %(site)s.", "%(count)s changes saved at %(site)s.", count)
    body = sentences(rows_of_types(sheet, confirmed.entries))
    url = reverse("customer", args=[sheet.grant.customer.id])
    return Done(url, title % {"count": count, "site": sheet.site.name}, body)


def _why_not(sheet: Sheet, *, doubles: bool) -> Note | None:
    """Why a confirmation was not taken; ``None`` if the rows say it."""
    if sheet.invalid:
        return None
    if not sheet.changes:
        return Note("info", _("No quantity was changed: there is nothing to confirm."), focus=True)
    if not doubles:
        return Note("info", _("This is the effect of what you typed. Confirm it to save."), focus=True)
    sheet.asked = sheet.doubled_token
    text = _("%(type)s: from %(before)s to %(after)s seats, more than twice as many.")
    sentences = [
        text
        % {
            "type": sheet.types[change.type_code].name,
            "before": sheet.site.of(change.type_code).allocated,
            "after": change.quantity,
        }
        for change in sheet.doubled
    ]
    return Note("warn", " ".join(sentences), _("If this is what you want, confirm once more."), focus=True)


def _answer(request: PageRequest, sheet: Sheet, status: int) -> HttpResponse:
    in_dialog = bool(request.htmx) and request.htmx.target == "sheet"
    template = "subscriptions/allocation_sheet.html" if in_dialog else "subscriptions/allocation.html"
    return page(request, template, _context(request, sheet), status=status)


def _context(request: PageRequest, sheet: Sheet) -> dict[str, Any]:
    customer = sheet.grant.customer
    keys = [customer.id, sheet.site.site_id]
    first = next((label.code for label in sheet.types if label.code in request.GET), sheet.types.codes[0])
    customer_url = reverse("customer", args=[customer.id])
    return {
        "site": sheet.site.name,
        "customer": customer_head(customer),
        "crumbs": crumbs_to_customer(request.actor, Link(customer.name, customer_url)),
        "rows": sheet.rows,
        "effect": sheet.effect,
        "unpriced": sheet.unpriced,
        "partner": invoicing_partner(request.actor) if sheet.effect is None and not sheet.unpriced else "",
        "digest": sheet.token,
        "seen": sheet.seen,
        "doubled": sheet.asked,
        "act": sheet.act,
        "changes": len(sheet.changes),
        "refused": sum(row.invalid for row in sheet.rows),
        "refusal": sheet.refusal,
        "save_url": reverse("allocation", args=keys),
        "preview_url": reverse("allocation_effect", args=keys),
        "back_url": customer_url,
        "quantities_url": reverse("allocation", args=keys),
        "move_url": reverse("move", args=keys) if len(sheet.site_names) > 1 else "",
        "exchange_url": reverse("exchange", args=keys),
        "focus": first,
    }


@require_safe
def offer_hand_back(request: PageRequest, customer_id: UUID, site_id: UUID, type_code: str) -> HttpResponse:
    """The same sheet with the quantity already lowered by the seats that can be handed back."""
    visit = request.visit
    grant = grants.allocation_manager(request.actor, customer_id)
    sites = subscriptions_of(grant, settings=visit.settings, at=visit.at, site_id=site_id).sites
    if not sites:
        raise Refusal("not_found")
    now = sites[0].of(type_code)
    # The link may be old: its seats may be handed back already, or the days for it may be over.
    raised = returnable(grant, settings=visit.settings, at=visit.at)
    left = sum(raising.seats for raising in raised if (raising.site_id, raising.type_code) == (site_id, type_code))
    seats = min(whole_number(request.GET.get("seats", "")) or 0, left)
    typed = QueryDict(mutable=True)
    typed[type_code] = str(max(now.used, now.allocated - seats) if seats else now.allocated)
    sheet = open_sheet(visit, customer_id, site_id, typed)
    if type_code not in sheet.types.codes:
        raise Refusal("not_found")
    preview(sheet)
    if not left:
        gone = _("These seats have been handed back already, or their days are over.")
        sheet.refusal = Note("info", gone, focus=True)
    return _answer(request, sheet, 200)


@post_only
def withdraw_decrease(request: PageRequest, customer_id: UUID, site_id: UUID, type_code: str) -> HttpResponse:
    """Takes back a scheduled decrease: the present quantity is asked for again (SPEC 4)."""
    grant = grants.allocation_manager(request.actor, customer_id)
    visit, labels, url = request.visit, types(), reverse("customer", args=[customer_id])
    # The customer is locked before its seats are read: a quantity read before could have changed meanwhile.
    lock_customer(request.actor, customer_id, settings=visit.settings, at=visit.at)
    sites = subscriptions_of(grant, settings=visit.settings, at=visit.at, site_id=site_id).sites
    if not sites or type_code not in labels.codes:
        raise Refusal("not_found")
    now = sites[0].of(type_code)
    names = {"site": sites[0].name, "type": labels[type_code].name, "seats": now.allocated}
    if now.next_cycle == now.allocated:
        title = _("No decrease of %(type)s is planned in %(site)s: nothing was changed.") % names
        return Done(url, title, level=messages.INFO)
    changes = [Change(site_id, type_code, now.allocated)]
    confirm_changes(grant, changes=changes, settings=visit.settings, at=visit.at)
    text = ngettext(
        "The decrease of %(type)s in %(site)s is withdrawn: %(seats)s seat stays allocated.",
        "The decrease of %(type)s in %(site)s is withdrawn: %(seats)s seats stay allocated.",
        now.allocated,
    )
    return Done(url, text % names)
