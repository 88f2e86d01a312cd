"""allauth's settings of the issuer that signs people in by OpenID Connect."""

from __future__ import annotations

from typing import Any

# There is one issuer. Its name stands in addresses and is not shown.
PROVIDER = "openid"


def openid_provider(*, issuer: str, client_id: str, secret: str, label: str) -> dict[str, Any]:
    """allauth's ``SOCIALACCOUNT_PROVIDERS``; empty without an issuer."""
    if not issuer:
        return {}
    app = {
        "provider_id": PROVIDER,
        "name": label,
        "client_id": client_id,
        "secret": secret,
        "settings": {"server_url": issuer, "oauth_pkce_enabled": True},
    }
    return {"openid_connect": {"APPS": [app]}}
