"""The choices of a user's form."""

from __future__ import annotations

from uuid import UUID

from strapontin.access.grants import UserManager
from strapontin.customers.subscriptions import SiteFigures
from strapontin.stacks.queries import tenants_of


def tenant_choices(grant: UserManager, sites: list[SiteFigures]) -> list[tuple[UUID, str]]:
    """The tenants to choose from; none if no site has several."""
    tenants = tenants_of(grant)
    if len({tenant.site_id for tenant in tenants}) == len(tenants):
        return []
    names = {site.site_id: site.name for site in sites}
    labels = [f"{names.get(tenant.site_id, '')} – {tenant.stack_name}" for tenant in tenants]
    return [
        # Two tenants of the same stack at the same site differ by how their own ids begin.
        (tenant.id, f"{label} ({str(tenant.tenant_uuid)[:8]})" if labels.count(label) > 1 else label)
        for tenant, label in zip(tenants, labels, strict=True)
    ]


def tenants_of_site(grant: UserManager, site: SiteFigures) -> list[tuple[UUID, str]]:
    """The tenants of a site to choose from; none if it has only one, or none."""
    if len(site.stacks) < 2:
        return []
    tenants = [tenant for tenant in tenants_of(grant) if tenant.site_id == site.site_id]
    names = [tenant.stack_name for tenant in tenants]
    return [
        (t.id, f"{t.stack_name} ({str(t.tenant_uuid)[:8]})" if names.count(t.stack_name) > 1 else t.stack_name)
        for t in tenants
    ]
