"""The pages of the gallery: each template with its sample context."""

from collections.abc import Callable

from tests.pages.gallery import components, invoices, people, subscriptions
from tests.pages.gallery.samples import Context

# name: (template, entry of the menu, context)
PAGES: dict[str, tuple[str, str, Callable[[], Context]]] = {
    "components": ("components_gallery.html", "", components.components),
    "overview": ("subscriptions/overview.html", "seats", subscriptions.overview),
    "overview_quiet": ("subscriptions/overview.html", "seats", subscriptions.overview_quiet),
    "overview_empty": ("subscriptions/overview.html", "seats", subscriptions.overview_empty),
    "customer_list": ("subscriptions/customer_list.html", "seats", subscriptions.customer_list),
    "customer_list_none": ("subscriptions/customer_list.html", "seats", subscriptions.customer_list_none),
    "customer": ("subscriptions/customer.html", "seats", subscriptions.customer),
    "customer_calm": ("subscriptions/customer.html", "seats", subscriptions.customer_calm),
    "customer_new": ("subscriptions/customer.html", "seats", subscriptions.customer_new),
    "allocation": ("subscriptions/allocation.html", "seats", subscriptions.allocation),
    "allocation_sheet": ("subscriptions/allocation_sheet.html", "seats", subscriptions.allocation),
    "allocation_preview": ("subscriptions/_allocation_preview.html", "seats", subscriptions.allocation),
    "allocation_changed": ("subscriptions/allocation.html", "seats", subscriptions.allocation_changed),
    "exchange": ("subscriptions/exchange.html", "seats", subscriptions.exchange),
    "exchange_sheet": ("subscriptions/exchange_sheet.html", "seats", subscriptions.exchange),
    "exchange_preview": ("subscriptions/_exchange_preview.html", "seats", subscriptions.exchange),
    "users": ("users/user_list.html", "users", people.users),
    "user_new": ("users/new_user.html", "users", people.user_new),
    "user_role": ("users/new_user.html", "users", people.user_role),
    "user_no_role": ("users/new_user.html", "users", people.user_no_role),
    "user_move": ("users/new_user.html", "users", people.user_move),
    "user_automatic": ("users/new_user.html", "users", people.user_automatic),
    "user_remove": ("users/removal_question.html", "users", people.user_remove),
    "invoice_list": ("invoices/invoice_list.html", "invoice", invoices.invoice_list),
    "invoice": ("invoices/invoice.html", "invoice", invoices.invoice),
    "billing_run_sure": ("provider/issue_question.html", "run", invoices.billing_run_sure),
    "sync_update": ("subscriptions/_sync_update.html", "seats", subscriptions.sync_update),
    "404": ("404.html", "", subscriptions.nothing),
    "403": ("403.html", "", subscriptions.nothing),
    "405": ("405.html", "", subscriptions.nothing),
    "500": ("500.html", "", lambda: {"reference": "7F3A-2210"}),
}
