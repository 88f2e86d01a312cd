"""The logins of the running portal: they own nothing, and may only become the roles that their work needs (SPEC 11).

``<database>_web`` is the web server's, ``<database>_jobs`` that of the worker and of the commands. The owner of the
tables signs in for migrations alone. So a statement that leaves its role (``SET ROLE NONE``) sees nothing: the logins
inherit no right of the roles.

A password is derived from the installation's secret key. So nothing has to be kept, and all machines that share the
key agree.
"""

from __future__ import annotations

import hmac
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from strapontin.kit.roles import RoleName, roles_of

LoginName = Literal["web", "jobs"]

# The web server may not become the worker: it never reads the passwords and tokens of stacks.
MAY_BECOME: dict[LoginName, tuple[RoleName, ...]] = {
    "web": ("door", "request", "billing"),
    "jobs": ("door", "request", "worker", "billing"),
}
_KNOWN = "SELECT rolcanlogin AND NOT rolinherit AND NOT rolcreaterole FROM pg_roles WHERE rolname = %s"
_LACKING = """
SELECT name FROM unnest(%s::text[]) name
 WHERE NOT EXISTS (SELECT FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid JOIN pg_roles l ON l.oid = m.member
                    WHERE r.rolname = name AND l.rolname = %s)
"""
CONNECT_SECONDS = 3


@dataclass(frozen=True, slots=True)
class Login:
    """One login of the database at ``url``, which names any user; ``key`` is the installation's secret key."""

    url: str
    kind: LoginName
    key: str

    @property
    def database(self) -> str:
        """The name of the database."""
        return unquote(urlsplit(self.url).path.lstrip("/")) or "strapontin"

    @property
    def name(self) -> str:
        """The name of the login, which carries that of the database."""
        return f"{self.database}_{self.kind}"

    @property
    def password(self) -> str:
        """The password, derived from the secret key."""
        return hmac.digest(self.key.encode(), f"database login {self.name}".encode(), "sha256").hex()

    @property
    def own_url(self) -> str:
        """The same database as this login."""
        parts = urlsplit(self.url)
        place = parts.netloc.rpartition("@")[2]
        return urlunsplit(parts._replace(netloc=f"{quote(self.name)}:{self.password}@{place}"))

    @property
    def roles(self) -> tuple[str, ...]:
        """The names of the roles that it may become."""
        return roles_of(self.database).named(*MAY_BECOME[self.kind])

    def works(self) -> bool:
        """Whether the server lets it in."""
        try:
            with psycopg.connect(self.own_url, connect_timeout=CONNECT_SECONDS, options=f"-c role={self.roles[0]}"):
                return True
        except psycopg.OperationalError:
            return False

    def statements(self, connection: psycopg.Connection) -> list[str]:
        """What brings the login to its state, by an owner or an administrator; nothing if it is there already.

        They hold a verifier of the password, never the password itself.
        """
        if self.works():
            return []
        name = sql.Identifier(self.name)
        row = connection.execute(_KNOWN, [self.name]).fetchone()
        action = "CREATE ROLE {}" if row is None else "ALTER ROLE {}"
        verifier = connection.pgconn.encrypt_password(self.password.encode(), self.name.encode(), b"scram-sha-256")
        rights = "" if row == (True,) else " LOGIN NOINHERIT NOCREATEROLE NOCREATEDB"
        make = sql.SQL(action + rights + " PASSWORD {};").format(name, sql.Literal(verifier.decode()))
        lacking = connection.execute(_LACKING, [list(self.roles), self.name]).fetchall()
        grants = [sql.SQL("GRANT {} TO {};").format(sql.Identifier(role), name) for (role,) in lacking]
        return [statement.as_string() for statement in (make, *grants)]


def logins_of(url: str, key: str) -> tuple[Login, Login]:
    """The two logins of a database."""
    return Login(url, "web", key), Login(url, "jobs", key)


def provide_logins(owner_url: str, key: str) -> None:
    """Makes the logins, or gives them their password again, as the owner, once the migrations have been applied.

    Leaves out what the owner may not do: ``strapontin doctor`` prints it for an administrator. May be repeated.
    """
    with psycopg.connect(owner_url, autocommit=True) as connection:
        for login in logins_of(owner_url, key):
            with suppress(psycopg.errors.InsufficientPrivilege):
                for statement in login.statements(connection):
                    connection.execute(statement.encode())


def forbid_temporary_tables(owner_url: str) -> None:
    """Takes from everybody the right to make temporary tables. A backup does not keep that: each start does it."""
    with psycopg.connect(owner_url, autocommit=True) as connection:
        name = sql.Identifier(connection.info.dbname)
        connection.execute(sql.SQL("REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC").format(name))
