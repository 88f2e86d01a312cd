"""``/settings``: the provider's facts and the parameters of its rules."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from ninja import Router

from strapontin.access import grants
from strapontin.api.answers import answer, expected_version
from strapontin.api.routes.common import changes
from strapontin.api.schemas.settings import SettingsIn, SettingsOut
from strapontin.api.visit import ApiRequest
from strapontin.organisation import operations
from strapontin.organisation.settings import Settings, load

router = Router(tags=["settings"])


def show(settings: Settings) -> dict[str, Any]:
    """The settings as this address shows them; the clock has one of its own."""
    return {"id": "settings"} | {field: getattr(settings, field) for field in SettingsOut.model_fields if field != "id"}


@router.get("settings", response=SettingsOut)
def read_settings(request: ApiRequest) -> HttpResponse:
    """The settings, for the provider."""
    grants.provider(request.visit.actor)
    settings = request.visit.settings
    return answer(show(settings), version=settings.version)


@router.patch("settings", response=SettingsOut)
def change_settings(request: ApiRequest, body: SettingsIn) -> HttpResponse:
    """Changes the settings named."""
    grant = grants.provider(request.visit.actor)
    operations.change_settings(
        grant, changes=changes(body), expected_version=expected_version(request), at=request.visit.at
    )
    settings = load()
    return answer(show(settings), version=settings.version)
