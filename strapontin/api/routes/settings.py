"""``/settings``: the provider's facts and the parameters of its rules."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from ninja import Router

from strapontin.access import grants
from strapontin.api.answers import answer, expected_version
from strapontin.api.routes.common import changes_in
from strapontin.api.schemas.settings import SettingsIn, SettingsOut
from strapontin.api.visit import ApiRequest
from strapontin.organisation.settings import Settings, load
from strapontin.provider import settings as operations

router = Router(tags=["settings"])


def show_settings(settings: Settings) -> dict[str, Any]:
    """The settings. The clock has an address of its own."""
    return {"id": "settings"} | {field: getattr(settings, field) for field in SettingsOut.model_fields if field != "id"}


@router.get("settings", response=SettingsOut)
def read_settings(request: ApiRequest) -> HttpResponse:
    """The settings (provider only)."""
    grants.provider(request.visit.actor)
    settings = request.visit.settings
    return answer(show_settings(settings), version=settings.version)


@router.patch("settings", response=SettingsOut)
def change_settings(request: ApiRequest, body: SettingsIn) -> HttpResponse:
    """Changes the settings that the body names (provider only)."""
    grant = grants.provider(request.visit.actor)
    changes = changes_in(body)
    if body.retention is not None:
        changes["retention"] = changes_in(body.retention)
    operations.change_settings(grant, changes=changes, expected_version=expected_version(request), at=request.visit.at)
    changed = load()
    return answer(show_settings(changed), version=changed.version)
