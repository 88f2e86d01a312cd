"""The two PostgreSQL servers that the suite runs on, and a database of its own for each test process.

Both servers are ours and throw-away: they live below ``build/test-servers``, keep nothing safe (``fsync``
off) and stop with the last test process that uses them. A cluster that the machine runs already is never
touched.

A test process takes the first free *slot*: a lock and the database ``strapontin_test_<slot>``. A slot's
database stays migrated between runs, until a migration or another SQL file changes.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql

from strapontin.kit.logins import Login, LoginName, forbid_temporary_tables, provide_logins
from strapontin.kit.postgres import EmbeddedServer, StartError
from strapontin.kit.postgres.installation import Installation
from strapontin.kit.postgres.locks import FileLock

SECRET_KEY = "only-for-tests-" + "x" * 40
REPOSITORY = Path(__file__).resolve().parent.parent
DEBIAN_15 = Path("/usr/lib/postgresql/15/bin")
SETTINGS = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "max_connections": "200"}


def open_test_server(kind: str, home: Path) -> EmbeddedServer:
    """Start or join a test server: ``embedded`` (18, by socket) or ``debian15`` (by TCP, as from outside)."""
    if kind not in ("embedded", "debian15"):
        raise ValueError(f"STRAPONTIN_TEST_SERVER is embedded, debian15 or none, not {kind}")
    debian = Installation(bin=DEBIAN_15, major=15) if kind == "debian15" else None

    def opened() -> EmbeddedServer:
        return EmbeddedServer(home, installation=debian, tcp=debian is not None, settings=SETTINGS).start()

    try:
        return opened()
    except StartError as error:
        # Nothing is kept safe here: a machine that went down may have left data that no server can read.
        if error.code not in ("failed", "data_newer", "data_older", "data_unreadable", "credentials_lost"):
            raise
        shutil.rmtree(home)
        return opened()


def schema_digest(kind: str) -> str:
    """A digest of everything that decides how a freshly migrated database looks."""
    digest = hashlib.sha256(kind.encode())
    product = REPOSITORY / "strapontin"
    rules = [product / "kit" / "roles.py", product / "kit" / "logins.py", *(product / "kit" / "rules").glob("*.py")]
    statements = [*product.glob("**/migrations/*.py"), *product.glob("**/*.sql")]
    files = [*rules, *statements, REPOSITORY / "requirements.lock"]
    for path in sorted(files):
        digest.update(str(path.relative_to(REPOSITORY)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


@dataclass
class Database:
    """A test process's database, and how to reach it past the product."""

    server: EmbeddedServer
    kind: str
    name: str
    home: Path
    _lock: FileLock
    _tables: list[str] = field(default_factory=list)
    _emptying: psycopg.Connection | None = None

    @property
    def url(self) -> str:
        """As the role that owns the database and migrates it."""
        return self.server.url_of(self.name)

    def login(self, kind: LoginName) -> Login:
        """The login with which the product's processes of this kind sign in."""
        return Login(self.url, kind, SECRET_KEY)

    @property
    def superuser_url(self) -> str:
        """As the server's superuser, whom no policy holds back."""
        return self.server.url_of(self.name, superuser=True)

    def superuser(self) -> psycopg.Connection:
        """A connection of one's own, committing each statement, that sees and may do everything."""
        return psycopg.connect(self.superuser_url, autocommit=True)

    def migrate(self) -> None:
        """Bring the database to the schema of the code: as it was left, or dropped and made anew."""
        stamp = self.home / f"{self.name}.digest"
        digest = schema_digest(self.kind)
        self._migrate(stamp, digest)
        provide_logins(self.url, SECRET_KEY)

    def _migrate(self, stamp: Path, digest: str) -> None:
        from django.core.management import call_command

        if stamp.exists() and stamp.read_text() == digest and os.environ.get("STRAPONTIN_TEST_FRESH") != "1":
            return
        stamp.unlink(missing_ok=True)
        self._recreate()
        call_command("migrate", database="owner", verbosity=0, interactive=False)
        forbid_temporary_tables(self.url)
        stamp.write_text(digest)

    def _recreate(self) -> None:
        with psycopg.connect(self.server.url_of("postgres", superuser=True), autocommit=True) as connection:
            name = sql.Identifier(self.name)
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
            roles = "SELECT rolname FROM pg_roles WHERE starts_with(rolname, %s)"
            for (role,) in connection.execute(roles, [f"{self.name}_"]).fetchall():
                connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))
            create = sql.SQL("CREATE DATABASE {} OWNER strapontin TEMPLATE template0")
            connection.execute(create.format(name))

    def empty(self) -> None:
        """Delete the rows of every table of the product, in one statement per table that has any."""
        if self._emptying is None:
            self._emptying = self.superuser()
            # Neither foreign keys nor policies are asked: everything goes.
            self._emptying.execute("SET session_replication_role = replica")
            self._tables = self._product_tables(self._emptying)
        connection = self._emptying
        filled = " UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})" for table in self._tables)
        for (table,) in connection.execute(filled).fetchall():
            connection.execute(f"DELETE FROM {table}")

    def _product_tables(self, connection: psycopg.Connection) -> list[str]:
        kept = ["django_migrations", "django_content_type", "auth_permission"]
        query = """
            SELECT format('%%I.%%I', schemaname, tablename) FROM pg_tables
            WHERE schemaname NOT IN ('pg_catalog', 'information_schema') AND tablename <> ALL(%s)
        """
        return [table for (table,) in connection.execute(query, [kept])]

    def release(self) -> None:
        """Leave the slot to another process, and the server to its last user."""
        if self._emptying is not None:
            self._emptying.close()
        self._lock.close()
        self.server.close()


def take_database(kind: str) -> Database:
    """Start or join the server of ``kind`` and take the first database that no other test process uses."""
    home = REPOSITORY / "build" / "test-servers" / kind
    server = open_test_server(kind, home)
    for slot in range(100):
        lock = FileLock(home / f"slot-{slot}.lock")
        if lock.try_acquire():
            return Database(server, kind, f"strapontin_test_{slot}", home, lock)
        lock.close()
    raise RuntimeError("a hundred test processes run already")
