"""How the addresses of one customer and of one site begin; several nouns go on from there."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponse
from django.urls import URLPattern, path

CUSTOMER = "customers/<uuid:customer_id>/"
SITE = CUSTOMER + "sites/<uuid:site_id>/"


def files(route: str, view: Callable[..., HttpResponse], *, name: str) -> list[URLPattern]:
    """The addresses of a table's files, ``<route>.csv`` and ``<route>.xlsx``, named ``<name>_csv``, ``<name>_xlsx``."""
    return [path(f"{route}.{ending}", view, {"ending": ending}, name=f"{name}_{ending}") for ending in ("csv", "xlsx")]
