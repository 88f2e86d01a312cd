"""Taking a stack tenant off a site: what goes and what stays, and then doing it (SPEC 6)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from strapontin.access import grants
from strapontin.access.grants import StackAttacher
from strapontin.customers.queries import site
from strapontin.refusals import Refusal
from strapontin.stacks.detachment import Detachment, confirm_detachment, preview_detachment
from strapontin.stacks.inventory import tenants
from strapontin.web.frame.answers import Done, attempt, page
from strapontin.web.frame.labels import types
from strapontin.web.frame.shapes import Link, Note
from strapontin.web.frame.visit import PageRequest


@require_http_methods(["GET", "HEAD", "POST"])
def detach(request: PageRequest, customer_id: UUID, site_id: UUID, tenant_id: UUID) -> HttpResponse:
    """Asks first, and shows who would go. Posted with the digest of what was shown, it does exactly that."""
    visit = request.visit
    grant = grants.stack_attacher(request.actor, customer_id)
    detachment = preview_detachment(grant, site_id=site_id, tenant_id=tenant_id)
    context = _context(request, grant, site_id, tenant_id, detachment)
    if request.method != "POST":
        return page(request, "customers/detachment.html", context)
    done = attempt(
        lambda: confirm_detachment(
            grant,
            site_id=site_id,
            tenant_id=tenant_id,
            digest=request.POST.get("digest", ""),
            settings=visit.settings,
            at=visit.at,
        )
    )
    if isinstance(done, Refusal):
        context["notes"] = [Note("warn", done.sentence)]
        return page(request, "customers/detachment.html", context, status=done.status)
    title = _("%(stack)s is detached from %(site)s.") % {"stack": context["stack"], "site": context["site"]}
    return Done(context["back_url"], title)


def _context(
    request: PageRequest, grant: StackAttacher, site_id: UUID, tenant_id: UUID, detachment: Detachment
) -> dict[str, Any]:
    customer_id, labels = grant.customer.id, types()
    tenant = next(tenant for tenant in tenants(grant, site_id=site_id) if tenant.id == tenant_id)
    edits = request.actor.holds("customers")
    back_url = reverse("site_edit", args=[customer_id, site_id]) if edits else "/"
    return {
        "site": site(grant, site_id).name,
        "stack": tenant.stack_name,
        "tenant": tenant.tenant_uuid,
        "crumbs": [Link(grant.customer.name, reverse("customer_edit", args=[customer_id]))] if edits else [],
        "seats": [(labels[code], seats) for code, seats in detachment.seats.items()],
        "going": [user for user in detachment.users if user.goes],
        "staying": [user for user in detachment.users if not user.goes],
        "names": request.actor.holds("users"),
        "open_calls": detachment.open_calls,
        "digest": detachment.digest,
        "detach_url": request.path,
        "back_url": back_url,
    }
