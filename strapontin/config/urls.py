"""Addresses of the portal; those of the REST door are its own (``strapontin.api.door``)."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", include("allauth.urls")),
    path("", include("strapontin.web.urls")),
]
handler404 = "strapontin.web.refused.not_found"
handler500 = "strapontin.web.refused.server_error"
