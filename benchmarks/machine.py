"""What the figures were measured on: the machine, its disk, the versions. It does not say whose machine it is."""

from __future__ import annotations

import os
import platform
import statistics
import time
from pathlib import Path

import psycopg

from benchmarks.ground import Ground


def facts(ground: Ground) -> list[str]:
    """Lines for the head of the table."""
    with psycopg.connect(ground.superuser_url) as connection:
        version = connection.info.parameter_status("server_version")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return [
        f"{os.cpu_count()} cores ({_model()}), {memory:.0f} GiB, a flush to disk takes {_flush(ground.home):.2f} ms",
        f"Python {platform.python_version()}, PostgreSQL {version}, Linux {platform.release().split('-')[0]}",
        f"load before the first round {os.getloadavg()[0]:.1f} (other work makes figures by the clock smaller)",
    ]


def _model() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _flush(home: Path) -> float:
    """The median time in milliseconds to make 8 KB durable where the database is."""
    times = []
    path = home / "flush"
    with path.open("wb") as file:
        for _ in range(50):
            file.write(bytes(8192))
            file.flush()
            begin = time.perf_counter()
            os.fdatasync(file.fileno())
            times.append(1000 * (time.perf_counter() - begin))
    path.unlink()
    return statistics.median(times)
