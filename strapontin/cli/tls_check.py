"""What a browser would meet at the portal's address: its certificate, and the versions of TLS that are taken."""

from __future__ import annotations

import socket
import ssl
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Met:
    """A certificate that a public authority vouches for. ``old`` names a version below 1.2 that is taken; or empty."""

    version: str
    until: datetime
    old: str


def meet(address: str) -> Met:
    """Asks the server at an https ``address`` for its certificate.

    Raises ``OSError``: nothing answers there; ``ssl.SSLError`` among them: no authority that this machine knows
    vouches for the certificate, or it is another host's or has expired.
    """
    parts = urlsplit(address)
    host, port = parts.hostname or "", parts.port or 443
    context = ssl.create_default_context()
    with (
        socket.create_connection((host, port), timeout=_SECONDS) as plain,
        context.wrap_socket(plain, server_hostname=host) as secured,
    ):
        certificate = secured.getpeercert() or {}
        version = secured.version() or ""
    seconds = ssl.cert_time_to_seconds(str(certificate["notAfter"]))
    return Met(version, datetime.fromtimestamp(seconds, UTC), _old_version(host, port))


def _old_version(host: str, port: int) -> str:
    """A version below 1.2 that the server takes; empty if it takes none."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    # Today's libraries offer the old versions at their lowest level alone.
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    try:
        with (
            socket.create_connection((host, port), timeout=_SECONDS) as plain,
            context.wrap_socket(plain, server_hostname=host) as secured,
        ):
            return secured.version() or ""
    except OSError:
        return ""
