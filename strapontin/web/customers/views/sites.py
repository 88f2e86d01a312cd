"""Sites of a customer: creating and renaming them (SPEC 3)."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from strapontin.access import grants
from strapontin.access.grants import CustomerEditor
from strapontin.customers.queries import site
from strapontin.customers.removal import archive_site, remove_site
from strapontin.customers.sites import change_site, create_site
from strapontin.refusals import Refusal
from strapontin.stacks.inventory import SiteTenant, tenants
from strapontin.web.customers.decisions import removal_of_site
from strapontin.web.customers.forms import SiteForm
from strapontin.web.frame.answers import Done, attempt, page, post_only
from strapontin.web.frame.forms import say_in
from strapontin.web.frame.shapes import Link, Note
from strapontin.web.frame.visit import PageRequest


@require_http_methods(["GET", "HEAD", "POST"])
def add_site(request: PageRequest, customer_id: UUID) -> HttpResponse:
    """The form; posted, creates the site and leads to its seats."""
    grant = grants.customer_editor(request.actor, customer_id)
    form = SiteForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            typed = form.cleaned_data
            created = attempt(
                lambda: create_site(grant, name=typed["name"], address=typed["address"], at=request.visit.at)
            )
            if not isinstance(created, Refusal):
                title = _("The site %(name)s is created.") % {"name": typed["name"]}
                if request.actor.holds("subscriptions"):
                    url = reverse("allocation", args=[customer_id, created])
                    return Done(url, title, _("Allocate seats to it now."))
                return Done(reverse("customer_edit", args=[customer_id]), title)
            status = say_in(form, created)
    return page(request, "customers/site.html", _context(request, grant, form, _("New site")), status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def edit_site(request: PageRequest, customer_id: UUID, site_id: UUID) -> HttpResponse:
    """A site's name and address."""
    grant = grants.customer_editor(request.actor, customer_id)
    before = site(grant, site_id)
    form = SiteForm(request.POST or None, initial=asdict(before))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            saved = attempt(lambda: _save(request, grant, site_id, form.cleaned_data))
            if not isinstance(saved, Refusal):
                return Done(reverse("customer_edit", args=[customer_id]), _("Saved."))
            status = say_in(form, saved)
    keys = [customer_id, site_id]
    context = _context(request, grant, form, before.name) | {
        "tenants": _tenants(request, grant, site_id),
        "archived": before.archived_at is not None,
        "archive_url": reverse("site_archive", args=keys),
        "removal_url": reverse("site_removal", args=keys),
    }
    return page(request, "customers/site.html", context, status=status)


@post_only
def archive(request: PageRequest, customer_id: UUID, site_id: UUID) -> HttpResponse:
    """Leaves a site without seats and users out of the lists, or takes it back into them."""
    grant = grants.customer_editor(request.actor, customer_id)
    archived = request.POST.get("archived") == "yes"
    archive_site(grant, site_id=site_id, archived=archived, at=request.visit.at)
    title = _("This site is in the archive.") if archived else _("This site is in the lists again.")
    return Done(reverse("site_edit", args=[customer_id, site_id]), title)


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: PageRequest, customer_id: UUID, site_id: UUID) -> HttpResponse:
    """Asks whether a site that was made by mistake shall go; posted, it goes."""
    grant = grants.customer_editor(request.actor, customer_id)
    before = site(grant, site_id)
    edit_url = reverse("customer_edit", args=[customer_id])
    notes, status = [], 200
    if request.method == "POST":
        removed = attempt(lambda: remove_site(grant, site_id=site_id, at=request.visit.at))
        if not isinstance(removed, Refusal):
            return Done(edit_url, _("The site %(name)s is removed.") % {"name": before.name})
        notes, status = [Note("warn", removed.sentence, focus=True)], removed.status
    context = {
        "customer": grant.customer,
        "crumbs": [Link(grant.customer.name, edit_url)],
        "decision": removal_of_site(before, request.path),
        "digest": "",
        "cards": [],
        "notes": notes,
        "back_url": reverse("site_edit", args=[customer_id, site_id]),
    }
    return page(request, "customers/decision.html", context, status=status)


def _tenants(request: PageRequest, grant: CustomerEditor, site_id: UUID) -> list[tuple[SiteTenant, str]]:
    """The stack tenants of the site, each with the address at which it is detached, for those who may do that."""
    if request.actor.scope == "customer" or not request.actor.holds("stacks"):
        return []
    place = [grant.customer.id, site_id]
    return [(tenant, reverse("tenant_detach", args=[*place, tenant.id])) for tenant in tenants(grant, site_id=site_id)]


def _save(request: PageRequest, grant: CustomerEditor, site_id: UUID, typed: dict[str, Any]) -> None:
    change_site(
        grant,
        site_id=site_id,
        changes={"name": typed["name"], "address": typed["address"]},
        expected_version=typed["version"],
        at=request.visit.at,
    )


def _context(request: PageRequest, grant: CustomerEditor, form: SiteForm, heading: str) -> dict[str, Any]:
    back_url = reverse("customer_edit", args=[grant.customer.id])
    return {
        "heading": heading,
        "crumbs": [Link(grant.customer.name, back_url)],
        "form": form,
        "save_url": request.path,
        "back_url": back_url,
    }
