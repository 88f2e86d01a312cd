"""The NinjaAPI: reads and checks requests, describes itself, and leaves every error to the door."""

from __future__ import annotations

from typing import Any, NoReturn

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.parser import Parser

from strapontin.api.routes import ROUTERS

_UNUSED = HttpResponse()


class StrictParser(Parser):
    """JSON as RFC 8259 has it: UTF-8, no ``NaN``, no lone surrogates."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The decoded body."""
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


def assemble() -> Api:
    """The API with the routes of every noun."""
    # The door answers openapi.json itself. Documentation pages would load scripts from elsewhere.
    api = Api(title="Strapontin", version="1", parser=StrictParser(), docs_url=None, openapi_url=None)
    for router in ROUTERS:
        api.add_router("", router)
    return api


API = assemble()
