"""Addresses of the screens. Those of REST are in ``strapontin.api.door``, which answers before Django looks here."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from strapontin.web.account.urls import sign_in

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", include(sign_in)),
    path("", include("strapontin.web.urls")),
]
handler404 = "strapontin.web.frame.refused.not_found"
handler500 = "strapontin.web.frame.refused.server_error"
