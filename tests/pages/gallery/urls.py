"""Addresses of the gallery: each page template with its sample values. Not a part of the product."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path
from django.utils.html import format_html, format_html_join

from strapontin.web.frame.shapes import DemoSignIn, SignedIn
from tests.pages.gallery import samples
from tests.pages.gallery.contexts import PAGES

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def frame(request: HttpRequest) -> dict[str, Any]:
    """What the portal's own context processor gives to every page."""
    theme = request.COOKIES.get("theme", "")
    portal = "Opaline Réseaux"
    return {
        "theme": theme if theme in ("light", "dark") else "",
        "menu": samples.frame_of(""),
        "person": SignedIn("Maud Ferrandis", portal, "#", "#"),
        "notes": [],
        "portal": portal,
        "demo_sign_ins": [
            DemoSignIn("Maud Ferrandis", portal, "Partenaire", "maud.ferrandis@opaline.example", "x"),
            DemoSignIn("Théo Lantier", "Clinique des Trois Chênes", "Client", "theo.lantier@chenes.example", "x"),
        ],
    }


def strict_policy(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """The Content-Security-Policy that our pages are made for."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response["Content-Security-Policy"] = POLICY
        return response

    return middleware


def page(request: HttpRequest, name: str) -> HttpResponse:
    """A page of the gallery."""
    if name not in PAGES:
        raise Http404
    template, entry, context = PAGES[name]
    return render(request, template, context() | {"menu": samples.frame_of(entry)})


def index(request: HttpRequest) -> HttpResponse:
    """Links to every page."""
    links = format_html_join("", '<li><a href="/pages/{}/">{}</a></li>', ((name, name) for name in PAGES))
    return HttpResponse(format_html("<!doctype html><title>Gallery</title><ul>{}</ul>", links))


urlpatterns = [
    path("pages/index/", index),
    path("pages/<str:name>/", page, name="gallery"),
    path("", page, {"name": "components"}),
    path("i18n/", include("django.conf.urls.i18n")),
    path("accounts/", include("allauth.urls")),
]
