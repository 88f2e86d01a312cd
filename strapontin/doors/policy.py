"""The Content-Security-Policy of answers that bring none of their own: REST, static files, refusals before a door."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


class Policy:
    """The first middleware. Pages have a policy from their own door."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Adds the header."""
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", NOTHING)
        return response
