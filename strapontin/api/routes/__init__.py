"""Routes by noun; each makes one domain call and shows what came of it."""

from __future__ import annotations

from ninja import Router

from strapontin.api.routes import (
    administrators,
    allocations,
    api_keys,
    automatic_allocation,
    billing_runs,
    bulk_allocations,
    clock,
    customers,
    exchanges,
    invoices,
    journal,
    limits,
    outlook,
    overview,
    partners,
    price_lists,
    requests,
    settings,
    sites,
    stacks,
    subscription_types,
    synchronizations,
    user_imports,
    users,
    users_bulk,
)

# The busiest first: addresses are compared one after the other.
ROUTERS: tuple[Router, ...] = (
    users_bulk.router,
    users.router,
    allocations.router,
    exchanges.router,
    automatic_allocation.router,
    customers.router,
    sites.router,
    synchronizations.router,
    requests.router,
    limits.router,
    user_imports.router,
    bulk_allocations.router,
    overview.router,
    outlook.router,
    invoices.router,
    billing_runs.router,
    partners.router,
    subscription_types.router,
    price_lists.router,
    stacks.router,
    api_keys.router,
    administrators.router,
    journal.router,
    settings.router,
    clock.router,
)
