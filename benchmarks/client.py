"""The loop of every client process: it claims seats of random sites, for as long as it is told."""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable
from uuid import UUID

from benchmarks.ground import SITES, SITES_PER_CUSTOMER

Claim = Callable[[UUID, UUID, str], None]
"""Claims a seat of a customer's site for the user with this e-mail address, or raises."""


def serve(claim: Claim, *, name: str) -> None:
    """Print that the client is ready. Then read lines with a number of seconds, claim that long, and print the result.

    ``name`` begins the users' e-mail addresses, so that two ways never claim for the same one.
    """
    number = sys.argv[1]
    generator = random.Random(int(number))  # noqa: S311 - a load, not a secret
    count = 0
    print("ready", flush=True)
    for line in sys.stdin:
        begin, cpu, before = time.perf_counter(), time.process_time(), count
        end = begin + float(line)
        while time.perf_counter() < end:
            count += 1
            site = generator.randint(1, SITES)
            site_id = UUID(f"00005000-0000-7000-8000-{site:012}")
            claim(_customer_of(site), site_id, f"{name}.{number}.{count}@example.org")
        answer = {
            "claims": count - before,
            "seconds": time.perf_counter() - begin,
            "cpu_seconds": time.process_time() - cpu,
        }
        print(json.dumps(answer), flush=True)


def _customer_of(site: int) -> UUID:
    return UUID(f"0000c000-0000-7000-8000-{(site - 1) // SITES_PER_CUSTOMER + 1:012}")
