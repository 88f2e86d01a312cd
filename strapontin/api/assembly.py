"""The NinjaAPI: reads and checks requests, describes itself, and leaves every error to the door."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, NoReturn

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import NinjaAPI
from ninja.operation import Operation
from ninja.parser import Parser

from strapontin.api.routes import ROUTERS
from strapontin.refusals import Refusal, invalid

_UNUSED = HttpResponse()


# The ends of the addresses that also take a file, in a form (RFC 7578).
TAKE_FILES = ("/user-imports", "/bulk-allocations")
_TRUTHS = {"true": True, "false": False}


class StrictParser(Parser):
    """JSON as RFC 8259 has it: UTF-8, no ``NaN``, no lone surrogates. Where files are taken, also a form with one."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The decoded body."""
        if request.content_type == "multipart/form-data" and request.path_info.endswith(TAKE_FILES):
            fields = {name: _TRUTHS.get(str(text), text) for name, text in request.POST.items()}
            return fields | dict(request.FILES.items())
        return msgspec.json.decode(request.body)


class Api(NinjaAPI):
    """An API that lets errors through: the door rolls back and answers them as problems."""

    def on_exception(self, request: HttpRequest, exc: Any) -> HttpResponse:
        """Raises the error again."""
        return _raise(exc)

    def create_temporal_response(self, request: HttpRequest) -> HttpResponse:
        """The response that ninja would fill. It is never used: our routes make their own."""
        return _UNUSED


def _raise(error: Exception) -> NoReturn:
    raise error


def _knowing_all(run: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The operation, refusing parameters that it does not know, and a body if it takes none.

    A mistyped filter would else answer everything. Fields of a body are refused by its schema.
    """
    operation: Operation = run.__self__  # type: ignore[attr-defined]
    models = {model.__ninja_param_source__: model for model in operation.models}
    # Lists that are always whole are asked for as those in pages are.
    names = frozenset(getattr(models.get("query"), "__ninja_flatten_map__", ("limit",)))

    @wraps(run)
    def checked(request: HttpRequest, **path: Any) -> HttpResponse:
        for name in request.GET:
            if name not in names:
                raise invalid(_("There is no such parameter."), field=name)
        if "body" not in models and request.method != "GET" and request.body:
            _refuse_body(request.body)
        return run(request, **path)

    return checked


def _refuse_body(body: bytes) -> None:
    try:
        fields = msgspec.json.decode(body)
    except msgspec.DecodeError as unreadable:
        raise Refusal("malformed", explanation=_("this is not JSON.")) from unreadable
    if fields:
        raise invalid(_("There is no such field."), field=next(iter(fields)) if isinstance(fields, dict) else None)


def assemble() -> Api:
    """The API with the routes of every noun."""
    # The door answers openapi.json itself. Documentation pages would load scripts from elsewhere.
    api = Api(title="Strapontin", version="1", parser=StrictParser(), docs_url=None, openapi_url=None)
    api.add_decorator(_knowing_all, mode="view")
    for router in ROUTERS:
        api.add_router("", router)
    return api


API = assemble()
