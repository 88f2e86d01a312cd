"""Addresses of the screens. Each has a row in ``tests/pages/access.py`` that says who may go there."""

from __future__ import annotations

from strapontin.web.account import urls as account
from strapontin.web.customers import urls as customers
from strapontin.web.imports import urls as imports
from strapontin.web.invoices import urls as invoices
from strapontin.web.provider import urls as provider
from strapontin.web.requests import urls as requests
from strapontin.web.subscriptions import urls as subscriptions
from strapontin.web.users import urls as users

urlpatterns = [
    *account.urlpatterns,
    *subscriptions.urlpatterns,
    *customers.urlpatterns,
    *users.urlpatterns,
    *requests.urlpatterns,
    *imports.urlpatterns,
    *invoices.urlpatterns,
    *provider.urlpatterns,
]
