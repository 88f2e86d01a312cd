"""Which addresses the portal may be sent to by somebody who types one: public ones, and those of listed networks.

A server that connects to whatever address it is given reaches what only it can reach: its own machine, the network
behind it, the metadata of its cloud. Source: OWASP, Server-Side Request Forgery Prevention.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# IPv6 addresses that stand for IPv4 addresses (RFC 6052).
_TRANSLATED = ip_network("64:ff9b::/96")
# Public by number, yet the address at which one cloud talks to its machines.
_CLOUD = (IPv4Address("168.63.129.16"),)


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """The networks written as ``10.1.0.0/16``, ``192.0.2.7`` or ``fd00::/8``. Raises ``ValueError``."""
    return tuple(ip_network(text.strip(), strict=False) for text in texts if text.strip())


def literal_address(host: str) -> Address | None:
    """The address that stands there as a host's name, if one does, in any form (``127.1``, ``0x7f000001``)."""
    host = host.strip("[]").rstrip(".")
    if host.lower() == "localhost" or host.lower().endswith(".localhost"):
        return IPv4Address("127.0.0.1")
    try:
        return ip_address(host.partition("%")[0])
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(host))
    except (OSError, UnicodeError):
        return None


def is_public(address: Address) -> bool:
    """Whether an address is one of the public Internet: not loopback, private, link-local, shared or multicast."""
    return all(
        meant.is_global and not meant.is_multicast and not meant.is_reserved and meant not in _CLOUD
        for meant in _meant(address)
    )


def is_listed(address: Address, listed: Sequence[Network]) -> bool:
    """Whether an address belongs to one of the networks."""
    return all(any(meant in network for network in listed) for meant in _meant(address))


def resolve(host: str) -> list[Address]:
    """The addresses of a host. Raises ``OSError`` if there are none."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    texts = dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in found)
    return [ip_address(text) for text in texts]


def _meant(address: Address) -> list[Address]:
    """The addresses that are reached: an IPv6 address may carry IPv4 addresses."""
    if isinstance(address, IPv4Address):
        return [address]
    if address.ipv4_mapped:
        return [address.ipv4_mapped]
    if address in _TRANSLATED:
        return [IPv4Address(int(address) & 0xFFFFFFFF)]
    carried = [address.sixtofour, *(address.teredo or ())]
    return [address, *(inner for inner in carried if inner is not None)]
