"""The simulated stacks of the demo: which are started, on which ports, and their addresses in the database."""

from __future__ import annotations

import json
import socket
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from strapontin.access import grants
from strapontin.access.actors import system
from strapontin.access.scope import acting
from strapontin.demo.cast import ATLAS, GRENOBLE, MEYLAN
from strapontin.demo.furnishing import NOBODY
from strapontin.demo.worlds import PASSWORD, world
from strapontin.kit.database import rows_of
from strapontin.organisation.settings import load
from strapontin.stacks.operations import change_stack
from strapontin.stacks.wazo.simulator.world import save

SIMULATED = (GRENOBLE, ATLAS)


def simulators(home: Path) -> list[list[str]]:
    """What ``strapontin stack-simulator`` is to be started with, once for each simulated stack.

    Prepares each stack's state below ``home / "stacks"`` if there is none, keeps its port from start to start
    as long as it is free, and tells the database of an address that has changed.
    """
    ports = _choose_ports(home)
    for name in SIMULATED:
        if not _state(home, name).exists():
            save(world(name), _state(home, name))
    _tell_database(addresses(home))
    return [["--port", str(ports[name]), "--name", name, "--state", str(_state(home, name))] for name in SIMULATED]


def addresses(home: Path) -> dict[str, str]:
    """The address of every stack of the demo, by name; ports that nobody chose yet are chosen."""
    ports = _kept_ports(home)
    if not set(SIMULATED) <= ports.keys():
        ports = _choose_ports(home)
    return {name: f"http://127.0.0.1:{ports[name]}" for name in SIMULATED} | {MEYLAN: NOBODY}


def _directory(home: Path) -> Path:
    directory = home / "stacks"
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    return directory


def _state(home: Path, name: str) -> Path:
    return _directory(home) / f"{name.lower()}.json"


def _kept_ports(home: Path) -> dict[str, int]:
    """The ports of the last start; none if the file is missing or damaged."""
    with suppress(OSError, ValueError):
        kept = json.loads((_directory(home) / "ports.json").read_text())
        return {name: port for name, port in kept.items() if isinstance(port, int)}
    return {}


def _choose_ports(home: Path) -> dict[str, int]:
    """The ports of the last start if they are free, else others; kept for the next one."""
    kept = _kept_ports(home)
    # All at once, so that two do not get the same one.
    probes = {name: _probe(kept.get(name, 0)) for name in SIMULATED}
    chosen: dict[str, int] = {name: probe.getsockname()[1] for name, probe in probes.items()}
    for probe in probes.values():
        probe.close()
    if chosen != kept:
        fresh = _directory(home) / "ports.new"
        fresh.write_text(json.dumps(chosen))
        fresh.replace(fresh.with_suffix(".json"))
    return chosen


def _probe(port: int) -> socket.socket:
    """A socket bound to the port or, if that is taken, to a free one."""
    for candidate in (port, 0):
        probe = socket.socket()
        # As the simulator's own server binds: connections that only linger do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with suppress(OSError, OverflowError):
            probe.bind(("127.0.0.1", candidate))
            return probe
        probe.close()
    raise OSError("no port of 127.0.0.1 is free")


_KNOWN = "SELECT id, name, url FROM stack WHERE kind = 'wazo' AND name = ANY (%s::text[])"


@dataclass(frozen=True, slots=True)
class _Known:
    id: UUID
    name: str
    url: str


def _tell_database(current: dict[str, str]) -> None:
    """Changes the address of a stack that answers elsewhere than at the last start."""
    actor = system("cli")
    with acting(actor):
        at = load().now()
        for stack in rows_of(_Known, _KNOWN, [list(current)]):
            if stack.url != current[stack.name]:
                # A new address forgets the password, unless it comes along.
                changes = {"url": current[stack.name], "password": PASSWORD}
                change_stack(grants.stack_manager(actor), stack_id=stack.id, changes=changes, at=at)
