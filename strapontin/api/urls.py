"""The addresses of the REST door, and nothing of the portal: resolving them stays quick."""

from __future__ import annotations

from django.urls import path

from strapontin.api.assembly import API

urlpatterns = [path("api/v1/", API.urls)]
