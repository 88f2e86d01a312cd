"""``/clock``: the installation's clock. That of a sandbox can be set forward."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.http import HttpResponse
from ninja import Router

from strapontin.api.answers import answer
from strapontin.api.schemas.clock import ClockIn, ClockOut
from strapontin.api.visit import ApiRequest
from strapontin.jobs.daily import work_day
from strapontin.provider.clock import set_clock

router = Router(tags=["clock"])


@router.get("clock", response=ClockOut)
def read_clock(request: ApiRequest) -> HttpResponse:
    """The time on the installation's clock."""
    visit = request.visit
    return answer({"now": visit.at.astimezone(ZoneInfo(visit.settings.time_zone))})


@router.post("clock", response=ClockOut)
def write_clock(request: ApiRequest, body: ClockIn) -> HttpResponse:
    """Sets a sandbox's clock forward, and does the daily work of each day in between."""
    now = set_clock(request.visit.actor, to=body.now, work_day=work_day)
    return answer({"now": now.astimezone(ZoneInfo(request.visit.settings.time_zone))})
