"""Addresses at which customers and their sites are created and edited."""

from __future__ import annotations

from django.urls import path

from strapontin.web.customers.views import customer, customer_list, detachment, limits, new_customer, sites
from strapontin.web.frame.addresses import CUSTOMER, SITE

urlpatterns = [
    path("customers/", customer_list.show_customers, name="customers"),
    path("customers/new/", new_customer.add_customer, name="customer_new"),
    path(CUSTOMER + "limits/", limits.edit_limits, name="customer_limits"),
    path(CUSTOMER + "edit/", customer.edit_customer, name="customer_edit"),
    path(CUSTOMER + "term/withdraw/", customer.withdraw_term, name="term_withdraw"),
    path(CUSTOMER + "sites/new/", sites.add_site, name="site_new"),
    path(SITE + "edit/", sites.edit_site, name="site_edit"),
    path(SITE + "tenants/<uuid:tenant_id>/detach/", detachment.detach, name="tenant_detach"),
]
