"""A request that came through the door of the screens: who acts, under which settings, at which moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db import OperationalError, connection
from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails
from psycopg_pool import PoolTimeout

from strapontin.access.actors import Actor
from strapontin.kit.database import row
from strapontin.organisation import settings as installation
from strapontin.organisation.settings import Settings

_WHO = ("id", "name", "provider", "partner_id", "customer_id", "roles", "language")
# The field in which a page's script says for whom the page was made.
OPENED_BY = "opened_by"
_SETTINGS = [column.strip() for column in installation.COLUMNS.split(",")]
# One statement for both, as the role of the door, which reads nothing of customers.
_FIND = f"""
SELECT {", ".join(f"a.{column} AS who_{column}" for column in _WHO)}, {", ".join(f"i.{column}" for column in _SETTINGS)}
  FROM installation i LEFT JOIN administrator a ON a.account_id = %s
"""  # noqa: S608  our own column names


@dataclass(frozen=True, slots=True)
class Visit:
    """Who acts, and the installation's settings and clock, each read once for a request."""

    actor: Actor
    settings: Settings
    at: datetime

    @property
    def today(self) -> date:
        """The provider's local date."""
        return self.settings.day(self.at)


@dataclass(frozen=True, slots=True)
class Home:
    """The organisation an actor belongs to; ``invoiced`` says whether invoices are for it or for those below."""

    name: str
    invoiced: bool = field(default=False)


class PageRequest(HttpRequest):
    """What views receive."""

    visit: Visit
    actor: Actor
    htmx: HtmxDetails


def find_visit(request: HttpRequest) -> Visit | None:
    """The visit of the signed-in administrator; ``None`` for everybody else."""
    account_id = _account_id(request)
    if account_id is None:
        return None
    found = row(_FIND, [account_id])
    if found is None or found["who_id"] is None:
        return None
    who = {column: found.pop(f"who_{column}") for column in _WHO}
    who["roles"] = frozenset(who["roles"])
    settings = installation.from_row(found)
    return Visit(Actor(kind="administrator", door="screen", **who), settings, settings.now())


def _account_id(request: HttpRequest) -> UUID | None:
    try:
        account = request.user
        return account.pk if account.is_authenticated else None
    except OperationalError as error:
        pool = getattr(connection, "pool", None)
        if pool is None or isinstance(error.__cause__, PoolTimeout):
            raise
        # The server was restarted under an idle connection of the pool; nothing of this request is done yet.
        connection.close()
        pool.check()
        return request.user.pk if request.user.is_authenticated else None


def home_of(visit: Visit) -> Home:
    """The organisation of the actor, read in its scope: one query, none for the provider."""
    actor = visit.actor
    if actor.provider:
        return Home(visit.settings.name, invoiced=True)
    if actor.partner_id:
        found = row(
            "SELECT name, EXISTS (SELECT 1 FROM partner b WHERE b.payer AND b.path @> ARRAY[p.id]) AS invoiced"
            " FROM partner p WHERE id = %s",
            [actor.partner_id],
        )
        return Home(found["name"], found["invoiced"]) if found else Home("")
    found = row("SELECT name FROM customer WHERE id = %s", [actor.customer_id])
    return Home(found["name"] if found else "")
