"""A server that runs: how to reach it, whether it answers, and the database that an installation needs on it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlencode

import psycopg
from psycopg import sql

from strapontin.kit.postgres.cluster import Cluster
from strapontin.kit.postgres.errors import StartError
from strapontin.kit.postgres.postmaster import PidFile

OWNER = "strapontin"
SUPERUSER = "postgres"


@dataclass(frozen=True, slots=True)
class RunningServer:
    """The server of a cluster, as its pid file describes it; ``tcp``: it is reached by TCP, not by its socket."""

    cluster: Cluster
    pid_file: PidFile
    tcp: bool

    def url(self, database: str, *, superuser: bool = False) -> str:
        """A ``postgresql://`` URL of a database, as the owner role or as the server's superuser."""
        passwords = self.cluster.passwords()
        user, password = (SUPERUSER, passwords.superuser) if superuser else (OWNER, passwords.owner)
        login = f"{user}:{quote(password)}"
        if self.tcp:
            return f"postgresql://{login}@127.0.0.1:{self.pid_file.port}/{quote(database)}"
        host = urlencode({"host": str(self.pid_file.socket_directory)}, quote_via=quote)
        return f"postgresql://{login}@/{quote(database)}?{host}"

    def answers(self) -> bool:
        """Whether the server takes our connection: it does not while it starts or stops.

        Raises ``StartError`` (``credentials_lost``) if it refuses our password.
        """
        if not self.pid_file.ready:
            return False
        try:
            psycopg.connect(self.url("postgres", superuser=True), connect_timeout=5).close()
        except psycopg.OperationalError as error:
            words = str(error)
            if "password authentication failed" in words:
                path = self.cluster.password_file
                raise StartError("credentials_lost", path=path, reason="refused by the server") from error
            # A server that says that it is full is alive.
            return "too many" in words or "remaining connection slots" in words
        return True

    def provide_database(self) -> None:
        """Make the owner role and its database if they do not exist: a first start may have been interrupted."""
        with psycopg.connect(self.url("postgres", superuser=True), autocommit=True) as connection:
            owner = sql.Identifier(OWNER)
            if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [OWNER]).fetchone():
                create = sql.SQL("CREATE ROLE {} LOGIN CREATEROLE CREATEDB PASSWORD {}")
                connection.execute(create.format(owner, sql.Literal(self.cluster.passwords().owner)))
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [OWNER]).fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(owner, owner))
