"""``/customers/{c}/sites`` and the stack tenants attached to them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router

from strapontin.access import grants
from strapontin.access.grants import CustomerSeen
from strapontin.api import paging
from strapontin.api.answers import answer, created, expected_version, no_content
from strapontin.api.routes.common import changes_in
from strapontin.api.schemas.sites import (
    DetachmentIn,
    DetachmentOut,
    SiteChange,
    SiteIn,
    SiteOut,
    SitePage,
    SitesIn,
    TenantIn,
    TenantOut,
    TenantPage,
)
from strapontin.api.visit import ApiRequest
from strapontin.customers import queries
from strapontin.customers import sites as operations
from strapontin.customers.queries import Site
from strapontin.customers.removal import archive_site, remove_site
from strapontin.refusals import Refusal
from strapontin.stacks import inventory
from strapontin.stacks.detachment import Detachment, confirm_detachment, detach_tenant, preview_detachment
from strapontin.stacks.inventory import SiteTenant
from strapontin.stacks.operations import attach_tenant

router = Router(tags=["sites"])


def show_site(site: Site) -> dict[str, Any]:
    """A site."""
    return {"id": site.id, "name": site.name, "address": site.address, "archived_at": site.archived_at}


def show_tenant(tenant: SiteTenant) -> dict[str, Any]:
    """A tenant attached to a site."""
    return {
        "id": tenant.id,
        "stack": tenant.stack_id,
        "stack_name": tenant.stack_name,
        "tenant_uuid": tenant.tenant_uuid,
        "synchronized_at": tenant.synchronized_at,
        "tried_at": tenant.tried_at,
        "error": tenant.error_code or None,
    }


@router.get("customers/{uuid:customer_id}/sites", response=SitePage)
def list_sites(request: ApiRequest, customer_id: UUID, page: Query[SitesIn]) -> HttpResponse:
    """The customer's sites, by name."""
    seen = grants.customer(request.visit.actor, customer_id)
    after = paging.decode(page.cursor, str, UUID)
    sites = queries.sites(seen, after=after, limit=page.limit, archived=page.archived)
    return answer(paging.page(sites, page.limit, ["sort_key", "id"], show_site))


@router.post("customers/{uuid:customer_id}/sites", response={201: SiteOut})
def create_site(request: ApiRequest, customer_id: UUID, body: SiteIn) -> HttpResponse:
    """Adds a site."""
    grant = grants.customer_editor(request.visit.actor, customer_id)
    site_id = operations.create_site(grant, name=body.name, address=body.address or "", at=request.visit.at)
    return _answer_site(grant, site_id, status=201)


@router.get("customers/{uuid:customer_id}/sites/{uuid:site_id}", response=SiteOut)
def read_site(request: ApiRequest, customer_id: UUID, site_id: UUID) -> HttpResponse:
    """One site."""
    return _answer_site(grants.customer(request.visit.actor, customer_id), site_id)


@router.patch("customers/{uuid:customer_id}/sites/{uuid:site_id}", response=SiteOut)
def change_site(request: ApiRequest, customer_id: UUID, site_id: UUID, body: SiteChange) -> HttpResponse:
    """Changes a site's name or address. ``archived`` leaves it out of the lists: only without seats and users."""
    grant = grants.customer_editor(request.visit.actor, customer_id)
    changes, at = changes_in(body), request.visit.at
    archived = changes.pop("archived", None)
    operations.change_site(grant, site_id=site_id, changes=changes, expected_version=expected_version(request), at=at)
    if archived is not None:
        archive_site(grant, site_id=site_id, archived=archived, at=at)
    return _answer_site(grant, site_id)


@router.delete("customers/{uuid:customer_id}/sites/{uuid:site_id}", response={204: None})
def delete_site(request: ApiRequest, customer_id: UUID, site_id: UUID) -> HttpResponse:
    """Removes a site that was made by mistake: one that never had seats, users or tenants."""
    grant = grants.customer_editor(request.visit.actor, customer_id)
    remove_site(grant, site_id=site_id, at=request.visit.at)
    return no_content()


def _answer_site(seen: CustomerSeen, site_id: UUID, *, status: int = 200) -> HttpResponse:
    site = queries.site(seen, site_id)
    return answer(show_site(site), status=status, version=site.version)


TENANTS = "customers/{uuid:customer_id}/sites/{uuid:site_id}/stack-tenants"


@router.get(TENANTS, response=TenantPage)
def list_tenants(request: ApiRequest, customer_id: UUID, site_id: UUID) -> HttpResponse:
    """The stack tenants of a site, and when each was last read."""
    seen = grants.customer(request.visit.actor, customer_id)
    tenants = inventory.tenants(seen, site_id=site_id)
    return answer({"items": [show_tenant(tenant) for tenant in tenants], "next": None})


@router.post(TENANTS, response={201: TenantOut})
def create_tenant(request: ApiRequest, customer_id: UUID, site_id: UUID, body: TenantIn) -> HttpResponse:
    """Attaches a tenant of a stack to the site. A tenant can be attached to one site only."""
    grant = grants.stack_attacher(request.visit.actor, customer_id)
    tenant_id = attach_tenant(
        grant,
        site_id=site_id,
        stack_id=body.stack,
        tenant_uuid=body.tenant_uuid,
        at=request.visit.at,
    )
    tenants = inventory.tenants(grant, site_id=site_id)
    return created(next(show_tenant(tenant) for tenant in tenants if tenant.id == tenant_id))


@router.delete(TENANTS + "/{uuid:tenant_id}", response={204: None})
def delete_tenant(request: ApiRequest, customer_id: UUID, site_id: UUID, tenant_id: UUID) -> HttpResponse:
    """Detaches a tenant in which no active user lives and to which no call is open."""
    grant = grants.stack_attacher(request.visit.actor, customer_id)
    detach_tenant(grant, site_id=site_id, tenant_id=tenant_id, at=request.visit.at)
    return no_content()


def show_detachment(detachment: Detachment, *, names: bool) -> dict[str, Any]:
    """Who goes with a tenant and who stays; their ``names`` are for those who may see users."""
    return {
        "users": [
            {"id": user.id, "name": user.name if names else None, "type": user.type_code, "goes": user.goes}
            for user in detachment.users
        ],
        "seats": [{"type": code, "used": -seats} for code, seats in detachment.seats.items()],
        "open_calls": detachment.open_calls,
        "digest": detachment.digest,
    }


@router.post(TENANTS + "/{uuid:tenant_id}/detachment/preview", response=DetachmentOut)
def preview_tenant_detachment(request: ApiRequest, customer_id: UUID, site_id: UUID, tenant_id: UUID) -> HttpResponse:
    """Shows who would go with the tenant, who would stay, and which seats would be left. Changes nothing."""
    actor = request.visit.actor
    detachment = preview_detachment(grants.stack_attacher(actor, customer_id), site_id=site_id, tenant_id=tenant_id)
    return answer(show_detachment(detachment, names=actor.holds("users")))


@router.post(TENANTS + "/{uuid:tenant_id}/detachment", response=DetachmentOut)
def detach_tenant_with_users(
    request: ApiRequest, customer_id: UUID, site_id: UUID, tenant_id: UUID, body: DetachmentIn | None = None
) -> HttpResponse:
    """Detaches a tenant with the users whom its stack brought. Who was added here stays. The stack is not changed.

    With a ``digest``, only if that does exactly what was previewed: otherwise 409 ``preview_outdated``.
    """
    visit = request.visit
    names = visit.actor.holds("users")
    try:
        detachment = confirm_detachment(
            grants.stack_attacher(visit.actor, customer_id),
            site_id=site_id,
            tenant_id=tenant_id,
            digest=body.digest if body else None,
            settings=visit.settings,
            at=visit.at,
        )
    except Refusal as refusal:
        if "fresh" in refusal.facts:
            refusal.facts |= show_detachment(refusal.facts.pop("fresh"), names=names)
        raise
    return answer(show_detachment(detachment, names=names))
