"""The database roles: are they there, may we make them, and what must an administrator do if not?"""

from __future__ import annotations

from dataclasses import dataclass

import psycopg
from psycopg import sql

from strapontin.config.database import database_name, role_names


@dataclass(frozen=True, slots=True)
class RoleReport:
    """The roles of an installation as its database user finds them."""

    user: str
    roles: tuple[str, ...]
    missing: tuple[str, ...]
    not_granted: tuple[str, ...]
    may_create: bool
    extension_missing: bool

    @property
    def usable(self) -> bool:
        """Whether migrating and working can succeed."""
        return self.may_create or not (self.missing or self.not_granted or self.extension_missing)

    def statements(self, database: str) -> list[str]:
        """What the administrator of the database has to run, where we may not do it ourselves."""
        grants = [
            f"GRANT {_name(role)} TO {_name(self.user)};" for role in (*self.missing, *self.not_granted)
        ]
        nested = []
        if self.missing:
            door, request, *others = (_name(role) for role in self.roles)
            del door
            nested = [f"GRANT {request} TO {', '.join(others)};"]
        extension = ["CREATE EXTENSION IF NOT EXISTS btree_gist;"] if self.extension_missing else []
        owner = f"ALTER DATABASE {_name(database)} OWNER TO {_name(self.user)};"
        return [
            *(f"CREATE ROLE {_name(role)} NOLOGIN;" for role in self.missing),
            *grants,
            *nested,
            owner,
            *extension,
        ]


def report_roles(url: str) -> RoleReport:
    """Look at the roles through a connection of our own."""
    roles = role_names(url).all()
    with psycopg.connect(url, connect_timeout=3) as connection:
        query = """
            SELECT rolname, pg_has_role(current_user, oid, 'MEMBER') FROM pg_roles WHERE rolname = ANY(%s)
        """
        found: dict[str, bool] = dict(connection.execute(query, [list(roles)]).fetchall())
        rights = connection.execute("""
            SELECT current_user, rolsuper OR rolcreaterole,
                   NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'btree_gist')
                   AND NOT rolsuper AND NOT has_database_privilege(current_database(), 'CREATE')
            FROM pg_roles WHERE rolname = current_user
        """).fetchone()
    if rights is None:
        raise LookupError("pg_roles does not list the current user")
    user, may_create, extension_missing = rights
    return RoleReport(
        user=user,
        roles=roles,
        missing=tuple(role for role in roles if role not in found),
        not_granted=tuple(role for role in roles if found.get(role) is False),
        may_create=may_create,
        extension_missing=extension_missing,
    )


def _name(name: str) -> str:
    return sql.Identifier(name).as_string()


__all__ = ["RoleReport", "database_name", "report_roles"]
