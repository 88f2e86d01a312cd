"""``strapontin web``: the web server alone, for an installation with a supervisor of its own."""

from __future__ import annotations

import argparse
import contextlib
import errno
import ipaddress
import os
import resource
import socket
from dataclasses import dataclass

from strapontin.cli import demo_fence
from strapontin.cli.environment import flag, number, prepare
from strapontin.cli.exposure import check_tls
from strapontin.cli.lifeline import die_with_parent
from strapontin.cli.messages import Refused, say

# A request spends its time in Python, not in waiting: more threads would only wait for the interpreter.
THREADS = 3
# A request's first line and headers may have this many bytes, and take this long. So may the pause before a request.
LONGEST_HEAD = 16 * 1024
HEAD_MILLISECONDS = 10_000
# Connections of a process, also those that ask nothing.
CONNECTIONS = 4096


@dataclass(frozen=True, slots=True)
class Address:
    """Where the portal listens."""

    host: str
    port: int

    @property
    def url(self) -> str:
        """The address for a browser on this machine."""
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.host, self.host)  # noqa: S104 - recognised, not bound
        return f"http://{host}:{self.port}"


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Register the command."""
    subparsers.add_parser("web", help=say("web_help")).set_defaults(run=run)


def run(_arguments: argparse.Namespace) -> int:
    """Serve until SIGTERM or SIGINT."""
    address, workers = listen_address(), worker_count()
    if die_with_parent():
        # The launcher has checked the port and prepared the database.
        serve(address, workers)
        return 0
    wants_demo = demo_fence.is_wanted()
    check_tls(plain_http=flag("PLAIN_HTTP", default=False))
    with prepare(login="web") as environment:
        demo_fence.check(environment.url, wanted=wants_demo)
        check_free(address)
        _close_connections()
        serve(address, workers)
    return 0


def _close_connections() -> None:
    """Close what the checks opened. The web server's processes are forks of this one.

    They would speak through one connection all at once, and get each other's answers. Of a pool they would have a copy
    that never grows.
    """
    from django.db import connections

    for connection in connections.all(initialized_only=True):
        connection.close()
        if hasattr(connection, "close_pool"):
            connection.close_pool()


def listen_address() -> Address:
    """``HOST`` (127.0.0.1) and ``PORT`` (8000). Raises ``Refused`` (``number_invalid``, ``host_invalid``)."""
    return Address(_host_address(os.environ.get("HOST") or "127.0.0.1"), number("PORT", default=8000, highest=65535))


def _host_address(host: str) -> str:
    # The server that listens takes no names.
    with contextlib.suppress(ValueError):
        return str(ipaddress.ip_address(host))
    try:
        return socket.gethostbyname(host)
    except (OSError, UnicodeError) as error:
        raise Refused("host_invalid", host=host) from error


def worker_count() -> int:
    """``WEB_WORKERS`` (2, or 1 on a machine with one core). Raises ``Refused`` (``number_invalid``)."""
    return number("WEB_WORKERS", default=min(2, os.cpu_count() or 1), highest=64)


def check_free(address: Address) -> None:
    """Raise ``Refused`` (``port_taken``, ``port_forbidden``, ``host_invalid``) if we cannot listen there."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    with socket.socket(family) as probe:
        # So a connection that has just ended does not hold the port, only a listener does.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address.host, address.port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise Refused("port_taken", host=address.host, port=address.port) from error
            if error.errno == errno.EACCES:
                raise Refused("port_forbidden", port=address.port) from error
            raise Refused("host_invalid", host=address.host) from error


def serve(address: Address, workers: int) -> None:
    """Run the web server on a database that is ready, until SIGTERM or SIGINT."""
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces
    from granian.http import HTTP1Settings

    # A connection is a file. Many systems allow a process 1,024 of them, unless it asks for more.
    allowed, highest = resource.getrlimit(resource.RLIMIT_NOFILE)
    if 0 <= allowed < 2 * CONNECTIONS:
        with contextlib.suppress(OSError, ValueError):
            more = 2 * CONNECTIONS if highest == resource.RLIM_INFINITY else min(highest, 2 * CONNECTIONS)
            resource.setrlimit(resource.RLIMIT_NOFILE, (more, highest))
    Granian(
        "strapontin.cli.served:application",
        address=address.host,
        port=address.port,
        interface=Interfaces.RSGI,
        # A proxy in front speaks HTTP/1.1 to us.
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEAD_MILLISECONDS, max_buffer_size=LONGEST_HEAD),
        backpressure=CONNECTIONS,
        workers=workers,
        respawn_failed_workers=True,
        workers_kill_timeout=5,
        websockets=False,
    ).serve()
