"""The keys by which texts are found, and older texts brought to their one form."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.utils import CursorWrapper
from django.db.migrations.state import ProjectState

from strapontin.kit.names import search_key_functions
from strapontin.kit.places import OTHER_CODES
from strapontin.kit.roles import Roles
from strapontin.kit.rules.operation import Rule, Statements
from strapontin.kit.text import email_form, tidy, tidy_lines


class SearchKey(Statements):
    """The function ``search_key(text)`` exists (:mod:`strapontin.kit.names`)."""

    def statements(self, roles: Roles) -> Iterator[str]:
        """Make the function and the one on which it stands, or make them anew."""
        yield from search_key_functions()

    def describe(self) -> str:
        """What ``migrate --plan`` prints."""
        return "SearchKey"


@dataclass(eq=False)
class OneForm(Rule):
    """The texts in ``columns`` have their one form (:mod:`strapontin.kit.text`); ``key`` names the key's columns.

    A row stays as it is if another one has the new text already, or if nothing visible would be left of it.
    """

    key: str
    columns: tuple[str, ...]

    reduces_to_sql = False

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Change the rows that have another form."""
        columns = ", ".join(self.columns)
        # Every text in ASCII with single spaces has its form already.
        doubtful = " OR ".join(
            f"octet_length({column}) <> length({column}) OR {column} ~ '^ |  | $'" for column in self.columns
        )
        equal = " AND ".join(f"{column.strip()} = %s" for column in self.key.split(","))
        assigned = ", ".join(f"{column} = %s" for column in self.columns)
        keys = self.key.count(",") + 1
        with schema_editor.connection.cursor() as cursor, _seen_by_owner(cursor, self.table):
            cursor.execute(f"SELECT {self.key}, {columns} FROM {self.table} WHERE {doubtful}")  # noqa: S608  our own names
            for row in cursor.fetchall():
                key, texts = row[:keys], row[keys:]
                new = [_form(column, text) or text for column, text in zip(self.columns, texts, strict=True)]
                if list(texts) != new:
                    self._update(schema_editor, f"UPDATE {self.table} SET {assigned} WHERE {equal}", [*new, *key])  # noqa: S608

    def _update(self, schema_editor: BaseDatabaseSchemaEditor, statement: str, params: list[Any]) -> None:
        try:
            with transaction.atomic(using=schema_editor.connection.alias), schema_editor.connection.cursor() as cursor:
                cursor.execute(statement, params)
        except IntegrityError:
            # The two stay, readable and changeable; whoever knows them decides.
            return


class OwnCountry(Rule):
    """A country has its own code, not one that stands for it elsewhere (:mod:`strapontin.kit.places`)."""

    reduces_to_sql = False

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Change the rows that have another code."""
        with schema_editor.connection.cursor() as cursor, _seen_by_owner(cursor, self.table):
            for code, own in OTHER_CODES.items():
                cursor.execute(f"UPDATE {self.table} SET country = %s WHERE country = %s", [own, code])  # noqa: S608


@contextmanager
def _seen_by_owner(cursor: CursorWrapper, table: str) -> Iterator[None]:
    """The owner of the table, who makes the migration, sees every row of it meanwhile."""
    cursor.execute("SELECT relforcerowsecurity FROM pg_class WHERE oid = %s::regclass", [table])
    (forced,) = cursor.fetchone() or (False,)
    if forced:
        cursor.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    yield
    if forced:
        cursor.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def _form(column: str, text: str) -> str:
    if column == "email":
        return email_form(text)
    return tidy_lines(text) if column in ("address", "contact") else tidy(text)
