"""A request that came through the REST door."""

from __future__ import annotations

from django.http import HttpRequest

from strapontin.doors.visit import Visit


class ApiRequest(HttpRequest):
    """What routes receive."""

    visit: Visit
