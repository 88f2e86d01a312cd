"""The answers of views: a page, or the redirection after something was done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_POST

from strapontin.doors.calls import Awaited
from strapontin.refusals import Refusal
from strapontin.web.frame.visit import PageRequest

Result = TypeVar("Result")


class Done(HttpResponseRedirect):
    """Leads on after a POST. The next page shows the note on top, if the transaction has committed.

    ``call`` is a call to a stack whose first attempt the door awaits. If the stack refuses, the view is asked again,
    with :attr:`PageRequest.refusal`.
    """

    def __init__(
        self, url: str, title: str, body: str = "", *, level: int = messages.SUCCESS, call: Awaited | None = None
    ) -> None:
        super().__init__(url)
        self.level = level
        self.call = call
        self.text = f"{title}\n{body}" if body else title


def page(request: PageRequest, template: str, context: Mapping[str, Any], *, status: int = 200) -> HttpResponse:
    """A whole page or a fragment of one, rendered at once: its queries run in the scope of the request."""
    return render(request, template, {"now": request.visit.at, **context}, status=status)


def post_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """As Django's ``require_POST``. The mark tells pages that nobody can come back to this address."""
    guarded = require_POST(view)
    guarded.post_only = True  # type: ignore[attr-defined]
    return guarded


def attempt(work: Callable[[], Result]) -> Result | Refusal:
    """Does ``work``. A refusal takes its work back and is answered, so that the page can show it in place."""
    try:
        with transaction.atomic():
            return work()
    except Refusal as refusal:
        return refusal
