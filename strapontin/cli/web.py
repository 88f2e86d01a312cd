"""``strapontin web``: the web server alone, for an installation with a supervisor of its own."""

from __future__ import annotations

import argparse
import errno
import os
import socket
from dataclasses import dataclass

from strapontin.cli.environment import number, prepare
from strapontin.cli.lifeline import die_with_parent
from strapontin.cli.messages import Refused, say

# A request spends its time in Python, not in waiting: more threads would only wait for the interpreter.
THREADS = 3


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
        _serve(address, workers)
        return 0
    with prepare(login="web"):
        check_free(address)
        _serve(address, workers)
    return 0


def listen_address() -> Address:
    """``HOST`` (127.0.0.1) and ``PORT`` (8000). Raises ``Refused`` (``number_invalid``)."""
    return Address(os.environ.get("HOST") or "127.0.0.1", number("PORT", default=8000, highest=65535))


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


def _serve(address: Address, workers: int) -> None:
    from granian import Granian
    from granian.constants import Interfaces

    Granian(
        "strapontin.cli.served:application",
        address=address.host,
        port=address.port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        respawn_failed_workers=True,
        workers_kill_timeout=5,
        websockets=False,
    ).serve()
