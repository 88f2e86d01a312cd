"""A user of wazo-confd in its three views."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from strapontin.stacks.wazo.simulator.world import Line, User

# Text fields that a user may have; all null unless set.
TEXTS: Final = (
    "timezone",
    "country",
    "language",
    "description",
    "outgoing_caller_id",
    "mobile_phone_number",
    "username",
    "password",
    "music_on_hold",
    "preprocess_subroutine",
    "userfield",
    "call_permission_password",
)


def default_view(user: User, base: str) -> dict[str, Any]:
    """Everything, the password too; ``base`` begins the hyperlinks."""
    texts: dict[str, Any] = {key: user.texts.get(key) for key in TEXTS}
    recording = {
        f"call_record_{way}_enabled": False
        for way in ("outgoing_external", "outgoing_internal", "incoming_internal", "incoming_external")
    }
    return {
        "id": user.id,
        "uuid": str(user.uuid),
        "firstname": user.firstname,
        "lastname": user.lastname,
        "email": user.email,
        **{key: texts[key] for key in TEXTS[:4]},
        "caller_id": user.caller_id,
        **{key: texts[key] for key in TEXTS[4:6]},
        "mobile_fallback_enabled": False,
        **{key: texts[key] for key in TEXTS[6:11]},
        "call_transfer_enabled": False,
        "dtmf_hangup_enabled": False,
        **recording,
        "online_call_record_enabled": False,
        "supervision_enabled": True,
        "ring_seconds": 30,
        "simultaneous_calls": 5,
        "call_permission_password": texts["call_permission_password"],
        "subscription_type": user.subscription_type,
        "created_at": user.created_at,
        "enabled": user.enabled,
        "tenant_uuid": str(user.tenant_uuid),
        "links": _links(base, "users", user.id),
        **_associations(user, base),
    }


def summary_view(user: User, _base: str) -> dict[str, Any]:
    """The dozen keys that the portal reads."""
    line = user.lines[0] if user.lines else None
    return {
        "id": user.id,
        "uuid": str(user.uuid),
        "firstname": user.firstname,
        "lastname": user.lastname,
        "email": user.email,
        "extension": line.exten if line else None,
        "context": line.context if line else None,
        "provisioning_code": line.provisioning_code if line else None,
        "protocol": "sip" if line else None,
        "enabled": user.enabled,
        "subscription_type": user.subscription_type,
        "is_webrtc": False,
    }


def directory_view(user: User, _base: str) -> dict[str, Any]:
    """For telephone books."""
    line = user.lines[0] if user.lines else None
    return {
        "id": user.id,
        "uuid": str(user.uuid),
        "line_id": line.id if line else None,
        "agent_id": None,
        "firstname": user.firstname,
        "lastname": user.lastname,
        "email": user.email,
        "exten": line.exten if line else None,
        "mobile_phone_number": user.texts.get("mobile_phone_number"),
        "voicemail_number": user.voicemail,
        "userfield": user.texts.get("userfield"),
        "description": user.texts.get("description"),
        "context": line.context if line else None,
    }


def _associations(user: User, base: str) -> dict[str, Any]:
    forward = {"enabled": False, "destination": None}
    destinations = ("noanswer", "busy", "congestion", "fail")
    return {
        "agent": None,
        "call_permissions": [],
        "fallbacks": {f"{name}_destination": None for name in destinations},
        "groups": [],
        "incalls": [],
        "lines": [_line(user, line, base) for line in user.lines],
        "forwards": {"busy": forward, "noanswer": forward, "unconditional": forward},
        "schedules": [],
        "services": {"dnd": {"enabled": False}, "incallfilter": {"enabled": False}},
        "switchboards": [],
        "voicemail": {"id": 1, "name": user.voicemail} if user.voicemail else None,
        "queues": [],
        "func_key_template_id": None,
        "call_record_enabled": False,
        "call_pickup_target_users": [],
    }


def _line(user: User, line: Line, base: str) -> dict[str, Any]:
    endpoint = {
        "uuid": str(line.endpoint_uuid),
        "label": None,
        "name": line.name,
        "auth_section_options": [],
        "links": _links(base, "endpoint_sip", line.endpoint_uuid, "endpoints/sip"),
    }
    extension = {
        "id": line.extension_id,
        "exten": line.exten,
        "context": line.context,
        "links": _links(base, "extensions", line.extension_id),
    }
    return {
        "id": line.id,
        "tenant_uuid": str(user.tenant_uuid),
        "name": line.name,
        "protocol": "sip",
        "device_id": None,
        "device_slot": 1,
        "provisioning_extension": line.provisioning_code,
        "context": line.context,
        "provisioning_code": line.provisioning_code,
        "position": 1,
        "caller_id_name": f"{user.firstname} {user.lastname}",
        "caller_id_num": line.exten,
        "registrar": "default",
        "links": _links(base, "lines", line.id),
        "application": None,
        "endpoint_sip": endpoint,
        "endpoint_sccp": None,
        "endpoint_custom": None,
        "extensions": [extension],
        "users": [
            {
                "uuid": str(user.uuid),
                "firstname": user.firstname,
                "lastname": user.lastname,
                "links": _links(base, "users", user.id),
            }
        ],
        "is_webrtc": False,
    }


def _links(base: str, rel: str, key: int | UUID, path: str | None = None) -> list[dict[str, str]]:
    return [{"rel": rel, "href": f"{base}/{path or rel}/{key}"}]
