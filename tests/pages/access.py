"""Who may go where: one row for each address of the portal (SPEC 3). A new page without a row fails.

Columns: provider · partner (maud) · another partner (outsider) · the customer's administrator with its roles
(solene) · another customer's administrator (neighbour) · one with User management alone (theo) · one without any
role (nobody). The pages are about the clinic, a customer of maud's; the numbers are the HTTP status.
"""

from __future__ import annotations

PEOPLE = ("provider", "maud", "outsider", "solene", "neighbour", "theo", "nobody")

GET, POST = "GET", "POST"
ANYBODY = (302,) * 7
ROWS: dict[str, tuple[str, tuple[int, ...]]] = {
    "home": (GET, ANYBODY),
    "set_language": (POST, ANYBODY),
    "account": (GET, (200,) * 7),
    # One's own choice, for a customer of one's scope: Subscription management.
    "automatic_change": (POST, (302, 302, 404, 302, 404, 403, 403)),
    "account_email": (POST, ANYBODY),
    "set_letter": (POST, ANYBODY),
    # Souscriptions: Subscription management. A customer has no overview but itself.
    "overview": (GET, (200, 200, 200, 302, 302, 403, 403)),
    "subscriptions": (GET, (200, 200, 200, 302, 302, 403, 403)),
    "renewals": (GET, (200, 200, 200, 302, 302, 403, 403)),
    "seat_warnings": (GET, (200, 200, 200, 302, 302, 403, 403)),
    "subscriptions_csv": (GET, (200, 200, 200, 200, 200, 403, 403)),
    "subscriptions_xlsx": (GET, (200, 200, 200, 200, 200, 403, 403)),
    # By spreadsheet, over one's scope. The change of the scene is the clinic's own.
    "bulk_allocations": (GET, (200, 200, 200, 200, 200, 403, 403)),
    "bulk_allocations_csv": (GET, (200, 200, 200, 200, 200, 403, 403)),
    "bulk_allocations_xlsx": (GET, (200, 200, 200, 200, 200, 403, 403)),
    "bulk_allocation": (GET, (200, 200, 404, 200, 404, 403, 403)),
    "bulk_allocation_report_csv": (GET, (200, 200, 404, 200, 404, 403, 403)),
    "bulk_allocation_report_xlsx": (GET, (200, 200, 404, 200, 404, 403, 403)),
    "customer": (GET, (200, 200, 404, 200, 404, 403, 403)),
    "history": (GET, (200, 200, 404, 200, 404, 403, 403)),
    "customer_csv": (GET, (200, 200, 404, 200, 404, 403, 403)),
    "customer_xlsx": (GET, (200, 200, 404, 200, 404, 403, 403)),
    "synchronize": (POST, (302, 302, 404, 302, 404, 403, 403)),
    "synchronization": (GET, (302, 302, 404, 302, 404, 403, 403)),
    "allocation": (GET, (200, 200, 404, 200, 404, 403, 403)),
    "allocation_effect": (POST, (200, 200, 404, 200, 404, 403, 403)),
    "move": (GET, (200, 200, 404, 200, 404, 403, 403)),
    "move_effect": (POST, (200, 200, 404, 200, 404, 403, 403)),
    "exchange": (GET, (200, 200, 404, 200, 404, 403, 403)),
    "exchange_effect": (POST, (200, 200, 404, 200, 404, 403, 403)),
    "exchange_undo": (GET, (200, 200, 404, 200, 404, 403, 403)),
    "exchange_undo_effect": (POST, (200, 200, 404, 200, 404, 403, 403)),
    "withdraw": (POST, (302, 302, 404, 302, 404, 403, 403)),
    "hand_back": (GET, (200, 200, 404, 200, 404, 403, 403)),
    # Clients: Customer management; terms and new customers from the partner's side only.
    "customers": (GET, (200, 200, 200, 302, 302, 403, 403)),
    "customer_new": (GET, (200, 200, 200, 403, 403, 403, 403)),
    "customer_edit": (GET, (200, 200, 404, 200, 404, 403, 403)),
    "customer_limits": (GET, (200, 200, 404, 403, 404, 403, 403)),
    "term_withdraw": (POST, (302, 302, 404, 403, 404, 403, 403)),
    "customer_term": (GET, (200, 200, 404, 403, 404, 403, 403)),
    "customer_cancellation": (GET, (200, 200, 404, 403, 404, 403, 403)),
    "cancellation_withdraw": (POST, (302, 302, 404, 403, 404, 403, 403)),
    "customer_reactivation": (GET, (302, 302, 404, 403, 404, 403, 403)),
    "customer_resale": (GET, (200, 403, 403, 403, 403, 403, 403)),
    "customer_unlimited": (GET, (422, 403, 403, 403, 403, 403, 403)),
    "customer_archive": (POST, (302, 302, 404, 403, 404, 403, 403)),
    "customer_removal": (GET, (200, 200, 404, 403, 404, 403, 403)),
    "site_archive": (POST, (302, 302, 404, 302, 404, 403, 403)),
    "site_removal": (GET, (200, 200, 404, 200, 404, 403, 403)),
    "site_new": (GET, (200, 200, 404, 200, 404, 403, 403)),
    "site_edit": (GET, (200, 200, 404, 200, 404, 403, 403)),
    # Technical: Stacks, from the partner's side only.
    "tenant_detach": (GET, (200, 200, 404, 403, 404, 403, 403)),
    # Utilisateurs: User management.
    "users_of_scope": (GET, (200, 200, 200, 302, 302, 302, 403)),
    "users_of_scope_csv": (GET, (200, 200, 200, 200, 200, 200, 403)),
    "users_of_scope_xlsx": (GET, (200, 200, 200, 200, 200, 200, 403)),
    "users_bulk": (GET, (302, 302, 302, 302, 302, 302, 403)),
    "users_csv": (GET, (200, 200, 404, 200, 404, 200, 403)),
    "users_xlsx": (GET, (200, 200, 404, 200, 404, 200, 403)),
    "users": (GET, (200, 200, 404, 200, 404, 200, 403)),
    "user_new": (GET, (200, 200, 404, 200, 404, 200, 403)),
    "user_new_decision": (POST, (200, 200, 404, 200, 404, 200, 403)),
    "user": (GET, (200, 200, 404, 200, 404, 200, 403)),
    "user_create_there": (POST, (302, 302, 404, 302, 404, 302, 403)),
    "user_remove": (GET, (200, 200, 404, 200, 404, 200, 403)),
    "user_dismiss": (POST, (302, 302, 404, 302, 404, 302, 403)),
    # Demandes: User management or Subscription management.
    "requests": (GET, (200, 200, 200, 200, 200, 200, 403)),
    "request_new": (GET, (200, 200, 404, 200, 404, 200, 403)),
    "request": (GET, (200, 200, 404, 200, 404, 200, 403)),
    "request_remind": (POST, (302, 302, 404, 302, 404, 302, 403)),
    "request_decline": (POST, (422, 422, 404, 422, 404, 403, 403)),
    "request_approve": (POST, (409, 409, 404, 409, 404, 403, 403)),
    "request_withdraw": (POST, (302, 302, 404, 302, 404, 302, 403)),
    "user_imports": (GET, (200, 200, 404, 200, 404, 200, 403)),
    "user_import_template": (GET, (200, 200, 404, 200, 404, 200, 403)),
    "user_import": (GET, (200, 200, 404, 200, 404, 200, 403)),
    "user_import_report_csv": (GET, (200, 200, 404, 200, 404, 200, 403)),
    "user_import_report_xlsx": (GET, (200, 200, 404, 200, 404, 200, 403)),
    # Factures: Invoices, at or above the payer.
    "invoices": (GET, (200, 200, 200, 403, 403, 403, 403)),
    "invoice": (GET, (200, 200, 404, 403, 403, 403, 403)),
    "invoice_csv": (GET, (200, 200, 404, 403, 403, 403, 403)),
    "invoice_xlsx": (GET, (200, 200, 404, 403, 403, 403, 403)),
    # The provider's own.
    "billing_runs": (GET, (200, 403, 403, 403, 403, 403, 403)),
    "billing_run": (GET, (200, 403, 403, 403, 403, 403, 403)),
}
# The one role that opens a page, to administrators of maud's partner. Pages not named here are the provider's own, or
# open to everybody.
OPENED_BY: dict[str, str] = dict.fromkeys(
    (
        *("renewals", "seat_warnings"),
        *("overview", "subscriptions", "subscriptions_csv", "subscriptions_xlsx", "customer", "history"),
        *("customer_csv", "customer_xlsx"),
        *("bulk_allocations", "bulk_allocations_csv", "bulk_allocations_xlsx"),
        *("bulk_allocation", "bulk_allocation_report_csv", "bulk_allocation_report_xlsx"),
        *("synchronize", "synchronization", "allocation", "allocation_effect", "move", "move_effect", "withdraw"),
        *("exchange", "exchange_effect", "exchange_undo", "exchange_undo_effect"),
        *("hand_back", "automatic_change"),
    ),
    "subscriptions",
)
OPENED_BY |= dict.fromkeys(
    (
        *("customers", "customer_new", "customer_edit", "customer_limits", "term_withdraw", "site_new", "site_edit"),
        *("customer_term", "customer_cancellation", "cancellation_withdraw", "customer_reactivation"),
        *("customer_archive", "customer_removal", "site_archive", "site_removal"),
    ),
    "customers",
)
OPENED_BY |= dict.fromkeys(
    (
        *("users_of_scope", "users", "user_new", "user_new_decision"),
        *("user", "user_dismiss", "user_create_there", "user_remove"),
        *("users_of_scope_csv", "users_of_scope_xlsx", "users_csv", "users_xlsx", "users_bulk"),
        *("user_imports", "user_import", "user_import_template", "user_import_report_csv", "user_import_report_xlsx"),
    ),
    "users",
)
# Subscription management decides, User management asks: either opens the pages that both see.
OPENED_BY |= dict.fromkeys(("request_decline", "request_approve"), "subscriptions")
OPENED_BY |= dict.fromkeys(("request_remind", "request_withdraw"), "users")
EITHER = ("requests", "request", "request_new")
OPENED_BY |= dict.fromkeys(("customer_resale", "customer_unlimited"), "provider")
OPENED_BY["tenant_detach"] = "stacks"
OPENED_BY |= dict.fromkeys(("invoices", "invoice", "invoice_csv", "invoice_xlsx"), "invoices")
# Pages that ask before they do it: the answer to a POST, for the same people (no date is posted for a run).
POSTED: dict[str, tuple[int, ...]] = {
    "user_remove": (302, 302, 404, 302, 404, 302, 403),
    "customer_term": (409, 409, 404, 403, 404, 403, 403),
    "customer_cancellation": (409, 409, 404, 403, 404, 403, 403),
    "customer_removal": (409, 409, 404, 403, 404, 403, 403),
    "site_removal": (409, 409, 404, 409, 404, 403, 403),
    "tenant_detach": (409, 409, 404, 403, 404, 403, 403),
    "user_imports": (422, 422, 404, 422, 404, 422, 403),
    "user_import": (409, 409, 404, 409, 404, 409, 403),
    "bulk_allocations": (422, 422, 422, 422, 422, 403, 403),
    "bulk_allocation": (409, 409, 404, 409, 404, 403, 403),
    "billing_runs": (422, 403, 403, 403, 403, 403, 403),
}

# What each page asks the database, whoever it is for and however many customers there are.
QUERIES: dict[str, int] = {
    "account": 10,
    "overview": 16,
    "renewals": 8,
    "seat_warnings": 8,
    "subscriptions": 10,
    "subscriptions_csv": 7,
    "subscriptions_xlsx": 7,
    "customer": 20,
    "history": 9,
    "customer_csv": 10,
    "customer_xlsx": 10,
    "allocation": 15,
    "move": 57,
    "exchange": 64,
    "exchange_undo": 61,
    "hand_back": 20,
    "customers": 8,
    "customer_new": 15,
    "customer_edit": 14,
    "customer_limits": 10,
    "customer_term": 58,
    "customer_cancellation": 62,
    "customer_resale": 62,
    "customer_removal": 9,
    "site_removal": 8,
    "site_new": 7,
    "site_edit": 10,
    "tenant_detach": 15,
    "users_of_scope": 13,
    "users_of_scope_csv": 10,
    "users_of_scope_xlsx": 10,
    "users": 14,
    "users_csv": 12,
    "users_xlsx": 12,
    "user_new": 11,
    "user": 13,
    "user_remove": 9,
    "requests": 8,
    "request_new": 9,
    "request": 61,
    "bulk_allocations": 8,
    "bulk_allocations_csv": 10,
    "bulk_allocations_xlsx": 10,
    "bulk_allocation": 13,
    "bulk_allocation_report_csv": 15,
    "bulk_allocation_report_xlsx": 15,
    "user_imports": 8,
    "user_import": 62,
    "user_import_template": 8,
    "user_import_report_csv": 7,
    "user_import_report_xlsx": 7,
    "invoices": 10,
    "invoice": 10,
    "invoice_csv": 8,
    "invoice_xlsx": 8,
    "billing_runs": 9,
    "billing_run": 10,
}
