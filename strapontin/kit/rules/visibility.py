"""Row level security: which rows of a table a role sees, and which it may write."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from strapontin.kit.roles import RoleName, Roles
from strapontin.kit.rules.operation import Rule, listed


@dataclass(eq=False)
class Policy(Rule):
    """The table has a policy of this name: the roles see the rows that fulfil ``using``.

    They may write rows that fulfil ``check`` or, if it is empty, ``using``. A row must fulfil every ``restrictive``
    policy and one of the others.
    """

    name: str
    roles: tuple[RoleName, ...]
    command: str = "ALL"
    using: str = ""
    check: str = ""
    restrictive: bool = False

    def statements(self, roles: Roles) -> Iterator[str]:
        """Make the policy anew."""
        yield f"DROP POLICY IF EXISTS {self.name} ON {self.table}"
        yield (
            f"CREATE POLICY {self.name} ON {self.table} AS {'RESTRICTIVE' if self.restrictive else 'PERMISSIVE'}"
            f" FOR {self.command} TO {listed(*roles.named(*self.roles))}"
            + (f" USING ({self.using})" if self.using else "")
            + (f" WITH CHECK ({self.check})" if self.check else "")
        )


class Scope(Rule):
    """Requests see the rows that fulfil ``condition``; the roles in ``whole_for`` see every row.

    Row level security is forced: the owner of the table sees no row.
    """

    def __init__(self, table: str, condition: str, *, whole_for: tuple[RoleName, ...] = ()) -> None:
        super().__init__(table)
        self.condition = condition
        self.whole_for = whole_for

    def statements(self, roles: Roles) -> Iterator[str]:
        """Turn row level security on and make its policies anew."""
        yield f"ALTER TABLE {self.table} ENABLE ROW LEVEL SECURITY"
        yield f"ALTER TABLE {self.table} FORCE ROW LEVEL SECURITY"
        yield from Policy(self.table, f"{self.table}_in_scope", ("request",), using=self.condition).statements(roles)
        others: tuple[RoleName, ...] = ("worker", "billing")
        for role in others:
            if role in self.whole_for:
                yield from Policy(self.table, f"{self.table}_{role}", (role,), using="true").statements(roles)
            else:
                yield f"DROP POLICY IF EXISTS {self.table}_{role} ON {self.table}"


class ReadByAll(Rule):
    """A role that may read the table sees every row. No policy holds for the owner: a migration fills such a table."""

    def statements(self, roles: Roles) -> Iterator[str]:
        """Turn row level security on, so that restrictive policies hold, and let every role see all rows."""
        yield f"ALTER TABLE {self.table} ENABLE ROW LEVEL SECURITY"
        yield from Policy(self.table, f"{self.table}_readable", ("request", "door"), using="true").statements(roles)


class WrittenIf(Rule):
    """Requests may insert or update a row only if it then fulfils ``condition``, whatever rows they see.

    ``commands`` may leave one of the two out.
    """

    def __init__(self, table: str, condition: str, *, commands: tuple[str, ...] = ("INSERT", "UPDATE")) -> None:
        super().__init__(table)
        self.condition = condition
        self.commands = commands

    def statements(self, roles: Roles) -> Iterator[str]:
        """Make the restrictive policies anew."""
        for command, suffix, using in (("INSERT", "inserted", ""), ("UPDATE", "changed", "true")):
            # USING is also asked when a row is only locked: it lets all rows pass, the check looks at what is written.
            name = f"{self.table}_{suffix}"
            if command in self.commands:
                policy = Policy(self.table, name, ("request",), command, using, self.condition, restrictive=True)
                yield from policy.statements(roles)
            else:
                yield f"DROP POLICY IF EXISTS {name} ON {self.table}"
