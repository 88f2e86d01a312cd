"""The database roles, and what each may do with a table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from psycopg import sql

from strapontin.kit.roles import RoleName, Roles
from strapontin.kit.rules.operation import Rule, Statements, listed

READ = "SELECT"
ADD = "SELECT, INSERT"
"""For tables that are only added to."""
CHANGE = "SELECT, INSERT, UPDATE"
ALL = "SELECT, INSERT, UPDATE, DELETE"


class MakeRoles(Statements):
    """The four roles exist. The owner of the database may become each of them.

    ``worker`` and ``billing`` are members of ``request``. If the owner may not create roles, an administrator has
    created and granted them: what is there is left as it is.
    """

    def statements(self, roles: Roles) -> Iterator[str]:
        """Make what is missing."""
        for role in roles.all():
            exists = f"EXISTS (SELECT FROM pg_roles WHERE rolname = {_text(role)})"
            yield _unless(exists, f"CREATE ROLE {listed(role)} NOLOGIN")
            yield _unless(_is_member("current_user", role), f"GRANT {listed(role)} TO current_user")
        for role in (roles.worker, roles.billing):
            yield _unless(_is_member(_text(role), roles.request), f"GRANT {listed(roles.request)} TO {listed(role)}")
        yield f"GRANT USAGE ON SCHEMA public TO {listed(*roles.all())}"

    def describe(self) -> str:
        """What ``migrate --plan`` prints."""
        return "Make the database roles"


@dataclass(eq=False)
class Grants(Rule):
    """Each role has these privileges on the table, and no others. A role that is left out has none of its own.

    ``worker`` and ``billing`` also have those of ``request``. Privileges are written as in SQL. They may be limited to
    columns: ``UPDATE (name, version)``.
    """

    door: str = ""
    request: str = ""
    worker: str = ""
    billing: str = ""

    def statements(self, roles: Roles) -> Iterator[str]:
        """Take everything, then give."""
        yield f"REVOKE ALL ON {self.table} FROM {listed(*roles.all())}"
        privileges = (self.door, self.request, self.worker, self.billing)
        for role, granted in zip(roles.all(), privileges, strict=True):
            if granted:
                yield f"GRANT {granted} ON {self.table} TO {listed(role)}"


class Numbers(Rule):
    """These roles may take the next number for the table's column ``id``."""

    def __init__(self, table: str, *roles: RoleName) -> None:
        super().__init__(table)
        self.roles = roles

    def statements(self, roles: Roles) -> Iterator[str]:
        """Grant the use of the sequence, by the name that PostgreSQL gives it."""
        yield f"GRANT USAGE ON SEQUENCE {self.table}_id_seq TO {listed(*roles.named(*self.roles))}"


class NumbersOfOwn(Numbers):
    """These roles, and no others, may take the next number for the table's column ``id``."""

    def statements(self, roles: Roles) -> Iterator[str]:
        """Take everything, then give."""
        yield f"REVOKE ALL ON SEQUENCE {self.table}_id_seq FROM {listed(*roles.all())}"
        yield from super().statements(roles)


@dataclass(eq=False)
class Executes(Statements):
    """These roles, and no others, may call the functions whose names fulfil ``like``, a pattern of SQL.

    ``as_owner``: the functions do what their owner may do, on the tables of the schema ``public``.
    """

    like: str
    roles: tuple[RoleName, ...]
    as_owner: bool = False

    def statements(self, roles: Roles) -> Iterator[str]:
        """Take the right that PostgreSQL gives to everybody, then give."""
        changes = [
            f"REVOKE ALL ON FUNCTION %1$s FROM PUBLIC, {listed(*roles.all())}",
            f"GRANT EXECUTE ON FUNCTION %1$s TO {listed(*roles.named(*self.roles))}",
        ]
        if self.as_owner:
            changes.append("ALTER FUNCTION %1$s SECURITY DEFINER SET search_path = public, pg_temp")
        yield (
            "DO $$ DECLARE function regprocedure; BEGIN FOR function IN SELECT oid FROM pg_proc"  # noqa: S608  our own names
            f" WHERE pronamespace = 'public'::regnamespace AND prokind = 'f' AND proname LIKE {_text(self.like)}"
            f" LOOP EXECUTE format({_text('; '.join(changes))}, function); END LOOP; END $$"
        )

    def describe(self) -> str:
        """What ``migrate --plan`` prints."""
        return f"Rights to call {self.like}"


def _unless(condition: str, statement: str) -> str:
    return f"DO $$ BEGIN IF NOT {condition} THEN {statement}; END IF; END $$"


def _is_member(member: str, role: str) -> str:
    # Since PostgreSQL 16, the user that creates a role is its member, but has no right to become it.
    kind = "CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END"
    return f"pg_has_role({member}, {_text(role)}, {kind})"


def _text(role: str) -> str:
    """The name of a role as a text in SQL."""
    return sql.Literal(role).as_string()
