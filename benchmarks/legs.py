"""The three ways to claim a seat that the benchmark compares: pgbench, the operation, REST."""

from __future__ import annotations

import contextlib
import os
import re
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import urllib3

from benchmarks.cpu import seconds_of_tree
from benchmarks.ground import Ground
from benchmarks.measure import CLIENTS, Clients, Leg

Measure = Callable[[float], Leg]
"""Claims seats for a number of seconds."""

_PROCESSED = re.compile(r"number of transactions actually processed: (\d+)")
_TPS = re.compile(r"tps = ([0-9.]+) \(without")


@contextlib.contextmanager
def limit(ground: Ground) -> Iterator[Measure]:
    """pgbench, which writes the same rows by one prepared statement, without row level security."""

    def measure(seconds: float) -> Leg:
        script = Path(__file__).with_name("claim_limit.sql")
        command = [str(ground.pgbench), "--no-vacuum", "--protocol=prepared", f"--file={script}"]
        command += [f"--client={CLIENTS}", f"--jobs={os.cpu_count() or 1}", f"--time={round(seconds)}"]
        server, own = seconds_of_tree(ground.postmaster), _children()
        result = subprocess.run([*command, ground.superuser_url], check=True, capture_output=True, text=True)
        cpu = seconds_of_tree(ground.postmaster) - server + _children() - own
        claims = int(_number(_PROCESSED, result.stdout))
        return Leg(claims, claims / float(_number(_TPS, result.stdout)), cpu)

    yield measure


def _number(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    if match is None:
        raise RuntimeError(f"pgbench did not print what was expected:\n{text}")
    return match[1]


def _children() -> float:
    """The processor time of our child processes that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


@contextlib.contextmanager
def operation(ground: Ground) -> Iterator[Measure]:
    """Eight processes that call the operation. Their processor time counts, as pgbench's does."""
    with Clients("benchmarks.operation_client", ground.environment) as clients:

        def measure(seconds: float) -> Leg:
            server = seconds_of_tree(ground.postmaster)
            leg = clients.run(seconds)
            return Leg(leg.claims, leg.seconds, leg.cpu_seconds + seconds_of_tree(ground.postmaster) - server)

        yield measure


@contextlib.contextmanager
def rest(ground: Ground) -> Iterator[Measure]:
    """The product's web server, and eight clients. The processor time of the clients does not count."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with (ground.home / "web.log").open("wb") as log:
        web = subprocess.Popen(
            [sys.executable, "-P", "-m", "strapontin.cli.main", "web"],
            env=ground.environment | {"PORT": str(port)},
            stdout=log,
            stderr=log,
        )
    try:
        _await_answer(web, port)
        with Clients("benchmarks.rest_client", ground.environment, [str(port)]) as clients:

            def measure(seconds: float) -> Leg:
                before = seconds_of_tree(ground.postmaster) + seconds_of_tree(web.pid)
                leg = clients.run(seconds)
                used = seconds_of_tree(ground.postmaster) + seconds_of_tree(web.pid) - before
                return Leg(leg.claims, leg.seconds, used)

            yield measure
    finally:
        web.terminate()
        web.wait()


def _await_answer(web: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and web.poll() is None:
        with contextlib.suppress(urllib3.exceptions.HTTPError):
            urllib3.request("GET", f"http://127.0.0.1:{port}/api/v1/openapi.json", retries=False, timeout=5)
            return
        time.sleep(0.1)
    raise RuntimeError("the web server does not answer")
