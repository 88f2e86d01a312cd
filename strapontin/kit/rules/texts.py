"""The keys by which texts are found, and older texts and names brought to the form that every door takes now."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from zoneinfo import available_timezones

from django.db import IntegrityError, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.utils import CursorWrapper
from django.db.migrations.state import ProjectState

from strapontin.kit.names import search_key_functions, search_words_function
from strapontin.kit.places import OTHER_CODES
from strapontin.kit.roles import Roles
from strapontin.kit.rules.operation import Rule, Statements
from strapontin.kit.text import email_form, tidy, tidy_lines
from strapontin.kit.zones import host_zone


class SearchKey(Statements):
    """The function ``search_key(text)`` exists (:mod:`strapontin.kit.names`)."""

    def statements(self, roles: Roles) -> Iterator[str]:
        """Make the function and the one on which it stands, or make them anew."""
        yield from search_key_functions()

    def describe(self) -> str:
        """What ``migrate --plan`` prints."""
        return "SearchKey"


class SearchWords(Statements):
    """The function ``search_words(text, …)`` exists (:mod:`strapontin.kit.names`). It needs :class:`SearchKey`."""

    def statements(self, roles: Roles) -> Iterator[str]:
        """Make the function, or make it anew."""
        yield search_words_function()

    def describe(self) -> str:
        """What ``migrate --plan`` prints."""
        return "SearchWords"


class Rewriting(Rule):
    """Rows of the table are rewritten, each by what is in it: no statement is known before."""

    reduces_to_sql = False

    def statements(self, roles: Roles) -> Iterator[str]:
        """None."""
        return iter(())

    def rewrite(self, cursor: CursorWrapper) -> None:
        """Change the rows; the cursor sees all of them."""
        raise NotImplementedError

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Rewrite the rows."""
        with schema_editor.connection.cursor() as cursor, _seen_by_owner(cursor, self.table):
            self.rewrite(cursor)


@dataclass(eq=False)
class OneForm(Rewriting):
    """The texts in ``columns`` have their one form (:mod:`strapontin.kit.text`); ``key`` names the key's columns.

    A row stays as it is if another one has the new text already. A text stays if nothing visible would be left of it.
    """

    key: str
    columns: tuple[str, ...]

    def rewrite(self, cursor: CursorWrapper) -> None:
        """Change the rows that have another form."""
        # Every text in ASCII with single spaces has its form already, but for a domain that stands for other letters.
        doubtful = " OR ".join(
            f"octet_length({name}) <> length({name}) OR {name} ~ '^ |  | $' OR {name} ~* '@.*xn--'"
            for name in self.columns
        )
        cursor.execute(f"SELECT {self.key}, {', '.join(self.columns)} FROM {self.table} WHERE {doubtful}")  # noqa: S608  our own names
        keys = self.key.split(",")
        for row in cursor.fetchall():
            key, texts = row[: len(keys)], row[len(keys) :]
            new = [_form(name, text) or text for name, text in zip(self.columns, texts, strict=True)]
            if list(texts) != new:
                self._update(cursor, [*new, *key])

    def _update(self, cursor: CursorWrapper, params: list[Any]) -> None:
        assigned = ", ".join(f"{name} = %s" for name in self.columns)
        equal = " AND ".join(f"{name.strip()} = %s" for name in self.key.split(","))
        try:
            with transaction.atomic(using=cursor.db.alias):
                cursor.execute(f"UPDATE {self.table} SET {assigned} WHERE {equal}", params)  # noqa: S608  our own names
        except IntegrityError:
            # The two stay, readable and changeable. A person who knows them decides.
            return


class OwnCountry(Rewriting):
    """A country has its own code, not one that stands for it elsewhere (:mod:`strapontin.kit.places`)."""

    def rewrite(self, cursor: CursorWrapper) -> None:
        """Change the rows that have another code."""
        for code, own in OTHER_CODES.items():
            cursor.execute(f"UPDATE {self.table} SET country = %s WHERE country = %s", [own, code])  # noqa: S608  our own names


class KnownZone(Rewriting):
    """A time zone that only a host's own file explains becomes the zone of this host (:mod:`strapontin.kit.zones`)."""

    def rewrite(self, cursor: CursorWrapper) -> None:
        """Change the rows with such a name."""
        names = sorted(available_timezones())
        statement = f"UPDATE {self.table} SET time_zone = %s WHERE NOT time_zone = ANY (%s)"  # noqa: S608  our own names
        cursor.execute(statement, [host_zone(), names])


@contextmanager
def _seen_by_owner(cursor: CursorWrapper, table: str) -> Iterator[None]:
    """The owner of the table, who makes the migration, sees and writes every row of it meanwhile."""
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
