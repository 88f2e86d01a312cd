"""Addresses at which customers and their sites are created and edited."""

from __future__ import annotations

from django.urls import path

from strapontin.web.customers.views import customer, customer_list, detachment, life, limits, new_customer, sites
from strapontin.web.frame.addresses import CUSTOMER, SITE

urlpatterns = [
    path("customers/", customer_list.show_customers, name="customers"),
    path("customers/new/", new_customer.add_customer, name="customer_new"),
    path(CUSTOMER + "limits/", limits.edit_limits, name="customer_limits"),
    path(CUSTOMER + "edit/", customer.edit_customer, name="customer_edit"),
    path(CUSTOMER + "term/", life.change_term, name="customer_term"),
    path(CUSTOMER + "cancellation/", life.cancel, name="customer_cancellation"),
    path(CUSTOMER + "cancellation/withdraw/", life.withdraw_cancellation, name="cancellation_withdraw"),
    path(CUSTOMER + "reactivation/", life.reactivate, name="customer_reactivation"),
    path(CUSTOMER + "resale/", life.change_resale, name="customer_resale"),
    path(CUSTOMER + "unlimited/", life.change_unlimited, name="customer_unlimited"),
    path(CUSTOMER + "archive/", life.archive, name="customer_archive"),
    path(CUSTOMER + "removal/", life.remove, name="customer_removal"),
    path(CUSTOMER + "term/withdraw/", customer.withdraw_term, name="term_withdraw"),
    path(CUSTOMER + "sites/new/", sites.add_site, name="site_new"),
    path(SITE + "edit/", sites.edit_site, name="site_edit"),
    path(SITE + "archive/", sites.archive, name="site_archive"),
    path(SITE + "removal/", sites.remove, name="site_removal"),
    path(SITE + "tenants/<uuid:tenant_id>/detach/", detachment.detach, name="tenant_detach"),
]
