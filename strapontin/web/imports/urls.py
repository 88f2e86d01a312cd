"""Addresses of imports."""

from __future__ import annotations

from django.urls import path

from strapontin.web.frame.addresses import CUSTOMER, files
from strapontin.web.imports.views import user_imports

IMPORTS = CUSTOMER + "users/imports/"

urlpatterns = [
    path(IMPORTS, user_imports.show_imports, name="user_imports"),
    path(IMPORTS + "template.xlsx", user_imports.download_template, name="user_import_template"),
    path(IMPORTS + "<uuid:import_id>/", user_imports.show_import, name="user_import"),
    *files(IMPORTS + "<uuid:import_id>/report", user_imports.export_report, name="user_import_report"),
]
