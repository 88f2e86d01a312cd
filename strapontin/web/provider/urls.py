"""Addresses of what only the provider does."""

from __future__ import annotations

from django.urls import path

from strapontin.web.provider.views import billing_runs

urlpatterns = [
    path("billing-runs/", billing_runs.show_runs, name="billing_runs"),
    path("billing-runs/<uuid:run_id>/", billing_runs.show_run, name="billing_run"),
]
