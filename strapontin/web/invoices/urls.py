"""Addresses of invoices."""

from __future__ import annotations

from django.urls import path

from strapontin.web.frame.addresses import files
from strapontin.web.invoices import views

urlpatterns = [
    path("invoices/", views.show_invoices, name="invoices"),
    path("invoices/<uuid:invoice_id>/", views.show_invoice, name="invoice"),
    *files("invoices/<uuid:invoice_id>/lines", views.export_lines, name="invoice"),
]
