"""The pages of the gallery: each template with its sample context."""

from collections.abc import Callable

from tests.pages.gallery import components, invoices, people, subscriptions
from tests.pages.gallery.samples import Context

# name: (template, entry of the menu, context)
PAGES: dict[str, tuple[str, str, Callable[[], Context]]] = {
    "components": ("components_gallery.html", "", components.components),
    "overview": ("pages/overview.html", "seats", subscriptions.overview),
    "overview_quiet": ("pages/overview.html", "seats", subscriptions.overview_quiet),
    "overview_empty": ("pages/overview.html", "seats", subscriptions.overview_empty),
    "customer_list": ("pages/customer_list.html", "seats", subscriptions.customer_list),
    "customer_list_none": ("pages/customer_list.html", "seats", subscriptions.customer_list_none),
    "customer": ("pages/customer.html", "seats", subscriptions.customer),
    "customer_calm": ("pages/customer.html", "seats", subscriptions.customer_calm),
    "customer_new": ("pages/customer.html", "seats", subscriptions.customer_new),
    "allocation": ("pages/site_allocation.html", "seats", subscriptions.allocation),
    "allocation_sheet": ("pages/site_allocation_sheet.html", "seats", subscriptions.allocation),
    "allocation_preview": ("pages/_site_allocation_preview.html", "seats", subscriptions.allocation),
    "allocation_changed": ("pages/site_allocation.html", "seats", subscriptions.allocation_changed),
    "users": ("pages/users.html", "users", people.users),
    "user_new": ("pages/user_new.html", "users", people.user_new),
    "user_role": ("pages/user_new.html", "users", people.user_role),
    "user_no_role": ("pages/user_new.html", "users", people.user_no_role),
    "user_free": ("pages/user_new.html", "users", people.user_free),
    "user_remove": ("pages/user_remove.html", "users", people.user_remove),
    "invoice_list": ("pages/invoice_list.html", "invoice", invoices.invoice_list),
    "invoice": ("pages/invoice.html", "invoice", invoices.invoice),
    "billing_run_sure": ("pages/billing_run_sure.html", "run", invoices.billing_run_sure),
    "sync_update": ("components/sync_update.html", "seats", subscriptions.sync_update),
    "404": ("404.html", "", subscriptions.nothing),
    "403": ("403.html", "", subscriptions.nothing),
    "405": ("405.html", "", subscriptions.nothing),
    "500": ("500.html", "", lambda: {"reference": "7F3A-2210"}),
}
