"""Whether other machines reach the portal, and whether they may as the environment says."""

from __future__ import annotations

import ipaddress
import os
import re
from contextlib import suppress
from urllib.parse import urlsplit

from strapontin.cli.messages import Refused


def outside_names() -> list[str]:
    """The names and addresses by which other machines reach the portal: by ``HOST``, or by a proxy in front of it."""
    origins = [urlsplit(origin).hostname or "" for origin in _listed("TRUSTED_ORIGINS")]
    hosts = [os.environ.get("HOST") or "127.0.0.1", *_listed("ALLOWED_HOSTS"), *origins]
    return [host for host in hosts if not _is_loopback(host.strip("[]"))]


def check_portal_address() -> None:
    """Raise ``Refused`` if links in e-mails would lead nowhere.

    ``portal_address_missing``: the portal is for other machines, but nothing names its address.
    ``portal_address_invalid``: ``PORTAL_ADDRESS`` is no ``https://host``.
    """
    address = os.environ.get("PORTAL_ADDRESS", "")
    if address and not re.fullmatch(r"https?://[^/\s?#@]+/?", address):
        raise Refused("portal_address_invalid", value=address)
    if not address and not _listed("TRUSTED_ORIGINS") and (names := outside_names()):
        raise Refused("portal_address_missing", host=names[0])


def check_tls(*, plain_http: bool) -> None:
    """Raise ``Refused`` (``tls_missing``) if other machines would reach the portal without TLS.

    ``plain_http`` allows it, for a network that protects what passes.
    """
    if plain_http:
        return
    if (names := outside_names()) and not any(origin.startswith("https://") for origin in _listed("TRUSTED_ORIGINS")):
        raise Refused("tls_missing", host=names[0])


def _listed(variable: str) -> list[str]:
    return [name.strip() for name in os.environ.get(variable, "").split(",") if name.strip()]


def _is_loopback(host: str) -> bool:
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host in ("localhost", ".localhost") or host.endswith(".localhost")
