"""A request before it is made: its users and seats, checked as they will be when they are created (SPEC 5)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from strapontin.access.grants import RequestParty
from strapontin.allocations.operations import MAX_QUANTITY
from strapontin.kit.database import rows_of, values_of
from strapontin.kit.text import email_key
from strapontin.refusals import Refusal, invalid, not_found
from strapontin.requests.rules import AskedSeats, AskedUser
from strapontin.seats.claims import NewUser, email_is_taken
from strapontin.seats.claims import checked as checked_user
from strapontin.seats.tenants import NEEDS_EMAIL, tenant_of_site

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_USERS = 100
MOST_PLACES = 100

_SITES = "SELECT id, name FROM site WHERE customer_id = %s AND id = ANY (%s::uuid[])"
_TYPES = "SELECT code FROM subscription_type WHERE code = ANY (%s::text[])"


@dataclass(frozen=True, slots=True)
class NewRequest:
    """What is asked for: users with their seats, and seats alone; ``note`` is for those who decide."""

    users: Sequence[NewUser] = ()
    allocations: Sequence[AskedSeats] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """The same, checked, with the names of the sites."""

    users: list[AskedUser]
    allocations: list[AskedSeats]


@dataclass(frozen=True, slots=True)
class _Site:
    id: UUID
    name: str


def checked(party: RequestParty, new: NewRequest) -> Request:
    """The request with each text in its one form. Raises as :func:`strapontin.requests.operations.ask`."""
    if new.users:
        party.require("users")
    if not (new.users or new.allocations):
        raise invalid(_("At least one user or one seat is expected."), field="users")
    if len(new.users) > MOST_USERS or len(new.allocations) > MOST_PLACES:
        raise invalid(_("A request has up to 100 users, and seats of up to 100 places."), field="users")
    names = _names_of_sites(party.customer.id, [*new.users, *new.allocations])
    _check_types({user.type_code for user in new.users} | {asked.type_code for asked in new.allocations})
    return Request(_checked_users(party.customer.id, new.users, names), _checked_seats(new.allocations, names))


def _names_of_sites(customer_id: UUID, asked: Iterable[NewUser | AskedSeats]) -> dict[UUID, str]:
    site_ids = {of_site.site_id for of_site in asked}
    names = {site.id: site.name for site in rows_of(_Site, _SITES, [customer_id, [str(id_) for id_ in site_ids]])}
    if len(names) != len(site_ids):
        raise not_found()
    return names


def _check_types(codes: set[str]) -> None:
    if codes.difference(values_of(str, _TYPES, [list(codes)])):
        raise invalid(_("There is no such subscription type."), field="type")


def _checked_users(customer_id: UUID, users: Sequence[NewUser], names: dict[UUID, str]) -> list[AskedUser]:
    asked, emails = [], set()
    for number, user in enumerate(users):
        with _of_user(number, several=len(users) > 1):
            user = checked_user(user)
            if tenant_of_site(customer_id, user.site_id, named=user.tenant_id) and not user.email:
                raise invalid(NEEDS_EMAIL, field="email")
            if email_is_taken(customer_id, user.email) or email_key(user.email) in emails:
                raise Refusal("email_in_use", field="email")
        emails.update([email_key(user.email)] if user.email else [])
        asked.append(AskedUser(**asdict(user), site_name=names[user.site_id]))
    return asked


@contextmanager
def _of_user(number: int, *, several: bool) -> Iterator[None]:
    """Says in a refusal which user it is about, unless there is only one."""
    try:
        yield
    except Refusal as refusal:
        if several and "field" in refusal.facts:
            refusal.facts["field"] = f"users.{number}.{refusal.facts['field']}"
        raise


def _checked_seats(allocations: Sequence[AskedSeats], names: dict[UUID, str]) -> list[AskedSeats]:
    if len({asked.place for asked in allocations}) != len(allocations):
        raise invalid(_("A type of a site can be named only once."), field="allocations")
    for asked in allocations:
        if not 1 <= asked.seats <= MAX_QUANTITY:
            raise invalid(_("Ask for at least one seat, and for one million at most."), field="seats")
    return [AskedSeats(asked.site_id, asked.type_code, asked.seats, names[asked.site_id]) for asked in allocations]
