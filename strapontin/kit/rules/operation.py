"""What the operations of this package have in common."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from psycopg import sql

from strapontin.kit.roles import Roles, roles_of


class Statements(Operation):
    """SQL statements that name the roles of the database on which they run; they change no model."""

    reduces_to_sql = True
    reversible = True

    def statements(self, roles: Roles) -> Iterator[str]:
        """The statements, in order."""
        raise NotImplementedError

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """No model changes."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Run the statements."""
        roles = roles_of(str(schema_editor.connection.settings_dict["NAME"]))
        for statement in self.statements(roles):
            schema_editor.execute(statement, params=None)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """The rules stay in place."""


def listed(*roles: str) -> str:
    """The names of roles as a statement lists them."""
    return ", ".join(sql.Identifier(role).as_string() for role in roles)


@dataclass(eq=False)
class Rule(Statements):
    """A rule of one table."""

    table: str

    def describe(self) -> str:
        """What ``migrate --plan`` prints."""
        return f"{type(self).__name__} of {self.table}"
