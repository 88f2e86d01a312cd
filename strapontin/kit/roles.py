"""The names of an installation's database roles, for settings and migrations.

Each begins with the name of the database, so that two installations may share one PostgreSQL server:

* ``<database>_door``: reads what signing in needs, nothing of customers; every connection starts as this role;
* ``<database>_request``: what an administrator's request may do, within the scope set for the transaction;
* ``<database>_worker``: a background job, which also reads stacks and their secrets;
* ``<database>_billing``: fixes prices, rates periods and issues invoices.

Existing installations have these roles: never change a name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

RoleName = Literal["door", "request", "worker", "billing"]


@dataclass(frozen=True, slots=True)
class Roles:
    """The names of an installation's database roles."""

    door: str
    request: str
    worker: str
    billing: str

    def all(self) -> tuple[str, str, str, str]:
        """The four names, in the order in which they are created."""
        return (self.door, self.request, self.worker, self.billing)

    def named(self, *roles: RoleName) -> tuple[str, ...]:
        """The names of these roles."""
        return tuple(getattr(self, role) for role in roles)


def roles_of(database: str) -> Roles:
    """The roles of the database with this name."""
    return Roles(f"{database}_door", f"{database}_request", f"{database}_worker", f"{database}_billing")
