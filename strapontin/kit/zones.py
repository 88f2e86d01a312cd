"""The time zones that a setting may name, and the rules behind them: those of the package ``tzdata``.

The host's own files are never read. Two machines of an installation would else give a moment two different days.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from pathlib import Path
from zoneinfo import reset_tzpath


def use_packaged_zones() -> None:
    """From now on :class:`zoneinfo.ZoneInfo` reads the package, not the host."""
    reset_tzpath(())


def host_zone() -> str:
    """The zone that the host has for its own; UTC if it does not say which."""
    name = str(Path("/etc/localtime").resolve()).partition("/zoneinfo/")[2]
    return name if name in time_zones() else "UTC"


@lru_cache(maxsize=1)
def time_zones() -> frozenset[str]:
    """The names that IANA lists for the places of the world (``zone.tab``), and ``UTC``.

    Older names for the same place and files that name no place (``Factory``, ``posixrules``, ``localtime``) are not
    among them.
    """
    table = (resources.files("tzdata") / "zoneinfo" / "zone.tab").read_text("utf-8")
    lines = [line for line in table.splitlines() if line and not line.startswith("#")]
    return frozenset(line.split("\t")[2] for line in lines) | {"UTC"}
