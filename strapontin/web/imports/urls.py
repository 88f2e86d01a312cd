"""Addresses of imports, and of changes by spreadsheet."""

from __future__ import annotations

from django.urls import path

from strapontin.web.frame.addresses import CUSTOMER, files
from strapontin.web.imports.views import bulk_allocations, user_imports

IMPORTS = CUSTOMER + "users/imports/"

BULK = "subscriptions/bulk/"

urlpatterns = [
    path(BULK, bulk_allocations.show_bulk_allocations, name="bulk_allocations"),
    *files(BULK + "allocations", bulk_allocations.download_quantities, name="bulk_allocations"),
    path(BULK + "<uuid:bulk_id>/", bulk_allocations.show_bulk_allocation, name="bulk_allocation"),
    *files(BULK + "<uuid:bulk_id>/report", bulk_allocations.export_bulk_report, name="bulk_allocation_report"),
    path(IMPORTS, user_imports.show_imports, name="user_imports"),
    path(IMPORTS + "template.xlsx", user_imports.download_template, name="user_import_template"),
    path(IMPORTS + "<uuid:import_id>/", user_imports.show_import, name="user_import"),
    *files(IMPORTS + "<uuid:import_id>/report", user_imports.export_report, name="user_import_report"),
]
