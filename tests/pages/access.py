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
    # Souscriptions: Subscription management. A customer has no overview but itself.
    "overview": (GET, (200, 200, 200, 302, 302, 403, 403)),
    "subscriptions": (GET, (200, 200, 200, 302, 302, 403, 403)),
    "subscriptions_csv": (GET, (200, 200, 200, 200, 200, 403, 403)),
    "subscriptions_xlsx": (GET, (200, 200, 200, 200, 200, 403, 403)),
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
    "withdraw": (POST, (302, 302, 404, 302, 404, 403, 403)),
    "hand_back": (GET, (200, 200, 404, 200, 404, 403, 403)),
    # Clients: Customer management; terms and new customers from the partner's side only.
    "customers": (GET, (200, 200, 200, 302, 302, 403, 403)),
    "customer_new": (GET, (200, 200, 200, 403, 403, 403, 403)),
    "customer_edit": (GET, (200, 200, 404, 200, 404, 403, 403)),
    "term_withdraw": (POST, (302, 302, 404, 403, 404, 403, 403)),
    "site_new": (GET, (200, 200, 404, 200, 404, 403, 403)),
    "site_edit": (GET, (200, 200, 404, 200, 404, 403, 403)),
    # Technical: Stacks, from the partner's side only.
    "tenant_detach": (GET, (200, 200, 404, 403, 404, 403, 403)),
    # Utilisateurs: User management.
    "users_of_scope": (GET, (200, 200, 200, 302, 302, 302, 403)),
    "users": (GET, (200, 200, 404, 200, 404, 200, 403)),
    "user_new": (GET, (200, 200, 404, 200, 404, 200, 403)),
    "user_new_decision": (POST, (200, 200, 404, 200, 404, 200, 403)),
    "user": (GET, (200, 200, 404, 200, 404, 200, 403)),
    "user_create_there": (POST, (302, 302, 404, 302, 404, 302, 403)),
    "user_remove": (GET, (200, 200, 404, 200, 404, 200, 403)),
    "user_dismiss": (POST, (302, 302, 404, 302, 404, 302, 403)),
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
        *("overview", "subscriptions", "subscriptions_csv", "subscriptions_xlsx", "customer", "history"),
        *("customer_csv", "customer_xlsx"),
        *("synchronize", "synchronization", "allocation", "allocation_effect", "move", "move_effect", "withdraw"),
        *("hand_back", "automatic_change"),
    ),
    "subscriptions",
)
OPENED_BY |= dict.fromkeys(
    ("customers", "customer_new", "customer_edit", "term_withdraw", "site_new", "site_edit"), "customers"
)
OPENED_BY |= dict.fromkeys(
    (
        *("users_of_scope", "users", "user_new", "user_new_decision"),
        *("user", "user_dismiss", "user_create_there", "user_remove"),
    ),
    "users",
)
OPENED_BY["tenant_detach"] = "stacks"
OPENED_BY |= dict.fromkeys(("invoices", "invoice", "invoice_csv", "invoice_xlsx"), "invoices")
# Pages that ask before they do it: the answer to a POST, for the same people (no date is posted for a run).
POSTED: dict[str, tuple[int, ...]] = {
    "user_remove": (302, 302, 404, 302, 404, 302, 403),
    "tenant_detach": (409, 409, 404, 403, 404, 403, 403),
    "billing_runs": (422, 403, 403, 403, 403, 403, 403),
}

# What each page asks the database, whoever it is for and however many customers there are.
QUERIES: dict[str, int] = {
    "account": 8,
    "overview": 14,
    "subscriptions": 10,
    "subscriptions_csv": 7,
    "subscriptions_xlsx": 7,
    "customer": 18,
    "history": 9,
    "customer_csv": 10,
    "customer_xlsx": 10,
    "allocation": 14,
    "move": 57,
    "hand_back": 19,
    "customers": 8,
    "customer_new": 7,
    "customer_edit": 8,
    "site_new": 7,
    "site_edit": 10,
    "tenant_detach": 14,
    "users_of_scope": 8,
    "users": 11,
    "user_new": 11,
    "user": 13,
    "user_remove": 9,
    "invoices": 10,
    "invoice": 10,
    "invoice_csv": 8,
    "invoice_xlsx": 8,
    "billing_runs": 8,
    "billing_run": 9,
}
