"""Constraints, indexes and storage that Django's models cannot express."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from strapontin.kit.roles import Roles
from strapontin.kit.rules.operation import Rule


@dataclass(eq=False)
class Constraint(Rule):
    """The table has a constraint of this name. An existing one is left as it is."""

    name: str
    definition: str

    def statements(self, roles: Roles) -> Iterator[str]:
        """Add the constraint if it is absent."""
        existing = f"SELECT FROM pg_constraint WHERE conrelid = '{self.table}'::regclass AND conname = '{self.name}'"
        add = f"ALTER TABLE {self.table} ADD CONSTRAINT {self.name} {self.definition}"
        yield f"DO $$ BEGIN IF NOT EXISTS ({existing}) THEN {add}; END IF; END $$"


class CompositeKey(Constraint):
    """A foreign key of several columns; the row that it refers to cannot be deleted.

    ``columns`` and ``to_columns`` are written as in SQL, the shared column first. A ``deferred`` key is checked when
    the transaction commits.
    """

    def __init__(
        self, table: str, columns: str, to_table: str, to_columns: str, *, name: str = "", deferred: bool = False
    ) -> None:
        shared, column = columns.split(", ")
        super().__init__(
            table,
            name or f"{table}_{column}_of_{shared.removesuffix('_id')}",
            f"FOREIGN KEY ({columns}) REFERENCES {to_table} ({to_columns}) ON DELETE RESTRICT"
            + (" DEFERRABLE INITIALLY DEFERRED" if deferred else ""),
        )


@dataclass(eq=False)
class Index(Rule):
    """The table has an index of this name; ``definition`` is what follows the table's name in SQL.

    An existing one is left as it is.
    """

    name: str
    definition: str

    def statements(self, roles: Roles) -> Iterator[str]:
        """Create the index if it is absent."""
        yield f"CREATE INDEX IF NOT EXISTS {self.name} ON {self.table} {self.definition}"


@dataclass(eq=False)
class Fillfactor(Rule):
    """New pages of the table are filled up to ``percent``, so that an updated row finds room on its page."""

    percent: int

    def statements(self, roles: Roles) -> Iterator[str]:
        """Set the storage parameter."""
        yield f"ALTER TABLE {self.table} SET (fillfactor = {self.percent})"
