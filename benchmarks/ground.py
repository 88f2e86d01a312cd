"""The installation that is measured: its own embedded server in a temporary directory, and a provider's data."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import django
import psycopg

from strapontin.kit.postgres import EmbeddedServer
from strapontin.kit.postgres.installation import embedded

SITES = 10_000
SITES_PER_CUSTOMER = 3
SEATS_PER_SITE = 5_000
# The actor of every claim: an API key of the partner to whom all customers belong.
PARTNER_ID = "0000b000-0000-7000-8000-000000000002"
KEY_ID = "0000a000-0000-7000-8000-000000000001"
KEY = "strapontin_benchmark_key"


@dataclass(frozen=True, slots=True)
class Ground:
    """Where to measure. ``environment`` is that of the product's processes."""

    home: Path
    url: str
    superuser_url: str
    postmaster: int
    environment: dict[str, str]

    @property
    def pgbench(self) -> Path:
        """The load generator of the embedded PostgreSQL."""
        return embedded().bin / "pgbench"


@contextlib.contextmanager
def open_ground() -> Iterator[Ground]:
    """A migrated, filled and analysed database on a server with the product's own settings; gone at the end."""
    with tempfile.TemporaryDirectory(prefix="strapontin-bench-") as directory:
        home = Path(directory)
        with EmbeddedServer(home) as server:
            environment = os.environ | {
                "DATABASE_URL": server.url,
                "STRAPONTIN_HOME": str(home),
                "STRAPONTIN_SECRET_KEY": "benchmark",
                "DJANGO_SETTINGS_MODULE": "strapontin.config.settings",
                "SANDBOX": "0",
                "API_CALLS_PER_MINUTE": "0",
                "LOG_LEVEL": "WARNING",
            }
            superuser_url = server.url_of("strapontin", superuser=True)
            ground = Ground(home, server.url, superuser_url, server.pid, environment)
            command = [sys.executable, "-m", "strapontin.cli.main", "migrate"]
            subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
            _fill(ground)
            yield ground


def _fill(ground: Ground) -> None:
    # What it stands on has models, which need the settings.
    os.environ |= ground.environment
    django.setup()

    text = Path(__file__).with_name("dataset.sql").read_text(encoding="utf-8")
    facts = {
        "sites": SITES,
        "per_customer": SITES_PER_CUSTOMER,
        "seats": SEATS_PER_SITE,
        "partner": PARTNER_ID,
        "key": KEY_ID,
        "key_hash": sha256(KEY.encode()).digest(),
    }
    with psycopg.connect(ground.superuser_url, autocommit=True, cursor_factory=psycopg.ClientCursor) as connection:
        connection.execute(text, facts)
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")


def claimed(ground: Ground) -> tuple[int, ...]:
    """How many claims each table says there were, one on each site before we began; the five must agree."""
    with psycopg.connect(ground.superuser_url) as connection:
        found = connection.execute("""
            SELECT (SELECT sum(used) FROM balance), (SELECT sum(used) FROM customer_total),
                   (SELECT count(*) FROM seat_user), (SELECT count(*) FROM seat_event),
                   (SELECT count(*) FROM journal_entry WHERE action = 'user.create')
        """).fetchone()
    assert found is not None
    return tuple(int(count) for count in found)
