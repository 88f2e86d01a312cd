"""Connections that are made to checked addresses alone (SPEC 6).

A host's name is resolved here, each address is checked, and the connection is made to a checked one: a name that means
another address a moment later leads nowhere.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from contextlib import suppress

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError

from strapontin.kit.networks import Address, Network, is_listed, is_public, resolve
from strapontin.stacks.base import StackError

# A name may have many addresses; trying each of them takes its time.
_MOST_TRIED = 3


def fenced_pools(networks: Sequence[Network]) -> dict[str, type[HTTPConnectionPool]]:
    """Pools of connections by scheme: to public addresses with TLS, to those of ``networks`` also without."""

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return _connect(self, super()._new_conn, _allowed(self.host, networks, encrypted=False))

    class Encrypted(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return _connect(self, super()._new_conn, _allowed(self.host, networks, encrypted=True))

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class EncryptedPool(HTTPSConnectionPool):
        ConnectionCls = Encrypted

    return {"http": PlainPool, "https": EncryptedPool}


def _allowed(host: str, networks: Sequence[Network], *, encrypted: bool) -> list[Address]:
    """The addresses of a host to which a connection may be made. Raises ``StackError``."""
    try:
        addresses = resolve(host.strip("[]"))
    except (OSError, UnicodeError, ValueError):
        raise StackError("unreachable", "the name of the stack has no address") from None
    allowed = [address for address in addresses if is_listed(address, networks) or (encrypted and is_public(address))]
    if allowed:
        return allowed[:_MOST_TRIED]
    if any(is_public(address) for address in addresses):
        raise StackError("in_the_clear", "without https:// the password would pass in the clear")
    raise StackError("network_not_allowed", "the provider does not allow the network of this address")


def _connect(
    connection: HTTPConnection, new_conn: Callable[[], socket.socket], addresses: Sequence[Address]
) -> socket.socket:
    """Connects to the first of the addresses that answers. The certificate is checked against the name all the same."""
    name = connection._dns_host
    *others, last = addresses
    try:
        for address in others:
            connection._dns_host = str(address)
            with suppress(NewConnectionError):
                return new_conn()
        connection._dns_host = str(last)
        return new_conn()
    finally:
        connection._dns_host = name
