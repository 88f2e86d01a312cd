"""Refuses a ``Cookie`` header that would cost too much to read.

The cookies of the portal are short and have no backslash. Before Python 3.11.10 and 3.12.6, the time that
``http.cookies`` takes grows with the square of their number (CVE-2024-7592): 60 KB hold a process for ten seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _

LONGEST = 8 * 1024
# Other software of the same domain may set cookies with some.
MOST_BACKSLASHES = 64


class CookieLimit:
    """The middleware; it stands before everything that reads cookies. REST reads none."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Passes the request on, or answers 400 in plain text: a page would read the theme's cookie."""
        header = request.META.get("HTTP_COOKIE", "")
        if len(header) <= LONGEST and header.count("\\") <= MOST_BACKSLASHES:
            return self.get_response(request)
        sentences = []
        for language, _name in settings.LANGUAGES:
            with translation.override(language):
                sentences.append(
                    _("The cookies of this site are too large. Delete them in your browser, then try again.")
                )
        return HttpResponse(
            "\n".join(sentences), status=HTTPStatus.BAD_REQUEST, content_type="text/plain; charset=utf-8"
        )
