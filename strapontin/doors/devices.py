"""Devices that signed in before: a signed cookie tells them from strangers.

The cookie names the device by a random text, and the accounts that signed in with it by a digest of the login. It
opens nothing: whoever steals it may try passwords as often as its owner may (``limits.SIGN_IN_DEVICE``).
"""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from strapontin.doors.limits import subject_of

LIFE_SECONDS = 365 * 24 * 3600
# Accounts that a device remembers, the latest first.
_ACCOUNTS = 10
_SALT = "strapontin device"


def known_device(request: HttpRequest, *, login: str) -> str:
    """The name of the device if it signed in to the account with this login before; else empty."""
    device, accounts = _read(request)
    return device if _account(login) in accounts else ""


def remember_device(request: HttpRequest, response: HttpResponse, *, login: str) -> None:
    """Has the device remember that it signed in to the account, for a year."""
    device, accounts = _read(request)
    account = _account(login)
    value: dict[str, Any] = {
        "device": device or secrets.token_urlsafe(12),
        "accounts": [account, *(other for other in accounts if other != account)][:_ACCOUNTS],
    }
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        signing.dumps(value, salt=_SALT),
        max_age=LIFE_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _account(login: str) -> str:
    return subject_of("device", login).hex()[:20]


def _read(request: HttpRequest) -> tuple[str, list[str]]:
    try:
        value = signing.loads(request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""), salt=_SALT, max_age=LIFE_SECONDS)
    except signing.BadSignature:
        return "", []
    return value["device"], value["accounts"]
