"""Routes by noun; each makes one domain call and shows what came of it."""

from __future__ import annotations

from ninja import Router

from strapontin.api.routes import (
    administrators,
    allocations,
    api_keys,
    billing_runs,
    clock,
    customers,
    invoices,
    journal,
    overview,
    partners,
    price_lists,
    settings,
    sites,
    stacks,
    subscription_types,
    synchronizations,
    user_imports,
    users,
)

# The busiest first: addresses are compared one after the other.
ROUTERS: tuple[Router, ...] = (
    users.router,
    allocations.router,
    customers.router,
    sites.router,
    synchronizations.router,
    user_imports.router,
    overview.router,
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
