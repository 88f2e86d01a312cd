"""Addresses of the screens. Each has a row in ``tests/pages/access.py`` that says who may go there."""

from __future__ import annotations

from allauth.account.urls import urlpatterns as of_allauth
from django.urls import path

from strapontin.web.account import views as home
from strapontin.web.customers.views import customer as customers
from strapontin.web.customers.views import sites
from strapontin.web.invoices import views as invoices
from strapontin.web.provider.views import billing_runs as runs
from strapontin.web.subscriptions.views import allocation, customer, move, overview
from strapontin.web.subscriptions.views import customer_list as subscriptions
from strapontin.web.users.views import new_user as user_new
from strapontin.web.users.views import user
from strapontin.web.users.views import user_list as users

# The pages of allauth that have a use here: nobody signs up or manages several addresses. All have our templates.
_SIGN_IN = frozenset(
    (
        "account_login",
        "account_logout",
        "account_inactive",
        "account_signup",
        "account_reauthenticate",
        "account_change_password",
        "account_set_password",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
    )
)
sign_in = [pattern for pattern in of_allauth if pattern.name in _SIGN_IN]

_CUSTOMER = "customers/<uuid:customer_id>/"
_SITE = _CUSTOMER + "sites/<uuid:site_id>/"

urlpatterns = [
    path("", home.home, name="home"),
    path("language/", home.set_language, name="set_language"),
    path("account/", home.account, name="account"),
    path("subscriptions/", overview.show, name="overview"),
    path("subscriptions/customers/", subscriptions.show, name="subscriptions"),
    path("subscriptions/customers.csv", subscriptions.export, name="subscriptions_export"),
    path("customers/", customers.show, name="customers"),
    path("customers/new/", customers.new, name="customer_new"),
    path(_CUSTOMER, customer.show, name="customer"),
    path(_CUSTOMER + "edit/", customers.edit, name="customer_edit"),
    path(_CUSTOMER + "term/withdraw/", customer.withdraw_term, name="term_withdraw"),
    path(_CUSTOMER + "history/", customer.history, name="history"),
    path(_CUSTOMER + "subscriptions.csv", customer.export, name="customer_export"),
    path(_CUSTOMER + "synchronize/", customer.synchronize, name="synchronize"),
    path(_CUSTOMER + "synchronizations/<uuid:synchronization_id>/", customer.sync_progress, name="synchronization"),
    path(_CUSTOMER + "sites/new/", sites.new, name="site_new"),
    path(_SITE, allocation.change, name="allocation"),
    path(_SITE + "effect/", allocation.effect, name="allocation_effect"),
    path(_SITE + "move/", move.change, name="move"),
    path(_SITE + "move/effect/", move.effect, name="move_effect"),
    path(_SITE + "edit/", sites.edit, name="site_edit"),
    path(_SITE + "<slug:type_code>/withdraw/", customer.withdraw, name="withdraw"),
    path(_SITE + "<slug:type_code>/hand-back/", allocation.hand_back, name="hand_back"),
    path("users/", users.of_scope, name="users_of_scope"),
    path(_CUSTOMER + "users/", users.show, name="users"),
    path(_CUSTOMER + "users/new/", user_new.new, name="user_new"),
    path(_CUSTOMER + "users/<uuid:user_id>/", user.edit, name="user"),
    path(_CUSTOMER + "users/<uuid:user_id>/remove/", user.remove, name="user_remove"),
    path("invoices/", invoices.show, name="invoices"),
    path("invoices/<uuid:invoice_id>/", invoices.one, name="invoice"),
    path("invoices/<uuid:invoice_id>/lines.csv", invoices.lines, name="invoice_lines"),
    path("billing-runs/", runs.show, name="billing_runs"),
    path("billing-runs/<uuid:run_id>/", runs.one, name="billing_run"),
]
