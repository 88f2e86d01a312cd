"""The database roles: whether they exist, whether we may create them, and what an administrator has to run if not."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg
from psycopg import sql

from strapontin.config.database import role_names


@dataclass(frozen=True, slots=True)
class RoleReport:
    """The roles of an installation, and what its database user may do about them."""

    user: str
    all: tuple[str, ...]
    missing: tuple[str, ...]
    not_granted: tuple[str, ...]
    extension_missing: bool
    may_create: bool
    may_do_anything: bool

    @property
    def usable(self) -> bool:
        """Whether this user can migrate and work.

        Since PostgreSQL 16, the right to create roles is no right to grant a role that somebody else created.
        """
        roles_exist = self.may_create or not self.missing
        return self.may_do_anything or (roles_exist and not self.not_granted and not self.extension_missing)

    def statements(self) -> list[str]:
        """What an administrator of the database has to run if we may not do it ourselves."""
        create = [f"CREATE ROLE {_name(role)} NOLOGIN;" for role in self.missing]
        grant = [f"GRANT {_name(role)} TO {_name(self.user)};" for role in (*self.missing, *self.not_granted)]
        _door, request, *others = (_name(role) for role in self.all)
        nested = [f"GRANT {request} TO {', '.join(others)};"] if self.missing else []
        extension = ["CREATE EXTENSION IF NOT EXISTS btree_gist;"] if self.extension_missing else []
        return [*create, *grant, *nested, *extension]


def report_roles(url: str) -> RoleReport:
    """Look at the roles, on a connection of its own."""
    names = role_names(url)
    with psycopg.connect(url, connect_timeout=3) as connection:
        query = "SELECT rolname, pg_has_role(oid, 'MEMBER') FROM pg_roles WHERE rolname = ANY(%s)"
        memberships: dict[str, bool] = dict(connection.execute(query, [list(names.all())]).fetchall())
        rights = connection.execute("""
            SELECT current_user, rolsuper OR rolcreaterole, rolsuper,
                   NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'btree_gist')
                   AND NOT has_database_privilege(current_database(), 'CREATE')
            FROM pg_roles WHERE rolname = current_user
        """).fetchone()
    if rights is None:
        raise LookupError("pg_roles does not list the current user")
    return RoleReport(
        user=rights[0],
        all=names.all(),
        missing=tuple(role for role in names.all() if role not in memberships),
        not_granted=tuple(role for role in names.all() if memberships.get(role) is False),
        extension_missing=rights[3],
        may_create=rights[1],
        may_do_anything=rights[2],
    )


def _name(name: str) -> str:
    return sql.Identifier(name).as_string()
