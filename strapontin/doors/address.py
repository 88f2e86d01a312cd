"""Where a request comes from."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

# Whoever has one address of IPv6 has at least these (RFC 6177): they count as one.
_PREFIX = 64
_UNKNOWN = ip_address("0.0.0.0")  # noqa: S104  no address is bound


def client_address(request: HttpRequest) -> str:
    """The address of the client, as text.

    Without trusted proxies it is that of the socket. With ``TRUSTED_PROXIES = n`` it is the n-th address of
    ``X-Forwarded-For`` from the right: each proxy adds the one it was called from, and what stands further left is
    whatever the client wrote. A request with fewer addresses did not pass all proxies: that of the socket counts.
    """
    return str(_client(request))


def client_network(request: HttpRequest) -> str:
    """What counts as one client where attempts are counted: an address of IPv4, a /64 of IPv6."""
    address = _client(request)
    if isinstance(address, IPv6Address):
        return str(ip_network((address, _PREFIX), strict=False))
    return str(address)


def _client(request: HttpRequest) -> IPv4Address | IPv6Address:
    if proxies := settings.TRUSTED_PROXIES:
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        if len(forwarded) >= proxies and (address := _read(forwarded[-proxies])):
            return address
    return _read(request.META.get("REMOTE_ADDR", "")) or _UNKNOWN


def _read(text: str) -> IPv4Address | IPv6Address | None:
    """The address in ``text``; some proxies add a port or brackets."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address
