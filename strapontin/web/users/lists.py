"""The list of users: what its address asks for, its filters and its rows (SPEC 9)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from strapontin.access.grants import UserManager, UserReader
from strapontin.seats.filters import DIFFERENCES, STATES, UserFilter
from strapontin.seats.listing import SORTS, ListedUser, Sort, list_users
from strapontin.stacks.reasons import reason
from strapontin.web.frame.exports import Cell
from strapontin.web.frame.labels import Types
from strapontin.web.frame.lists import Address, options
from strapontin.web.frame.shapes import Filter
from strapontin.web.users.refusals import state_on_stack
from strapontin.web.users.shapes import UserRow

# So many users are read at once for a file.
BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Order:
    """How a list is sorted."""

    sort: Sort
    descending: bool

    @property
    def name(self) -> str:
        """The name of the list in this order: a place in one is no place in another."""
        return f"users-{self.sort}-{self.descending}"


def order_of(sort: str, *, descending: bool) -> Order:
    """The order that an address names."""
    return Order(sort if sort in SORTS else "name", descending)


def filter_of(address: Address, sites: Mapping[str, str], labels: Types) -> UserFilter:
    """What the address leaves; what it names and is not there leaves out nobody."""
    site = address.get("site", sites)
    return UserFilter(
        search=address.get("q"),
        site_id=UUID(site) if site else None,
        type_code=address.get("type", labels.codes),
        state=cast(Any, address.get("state", STATES)),
        difference=cast(Any, address.get("difference", DIFFERENCES)),
    )


def filters_of(only: UserFilter, sites: Mapping[str, str], labels: Types, order: Order, *, wide: bool) -> list[Filter]:
    """The selects of the list. ``wide``: it has users of several customers, and no select of their sites."""
    sorts = {"name": _("User"), "site": _("Site"), "type": _("Type")} | ({"customer": _("Customer")} if wide else {})
    of_types = {label.code: label.name for label in labels}
    sort = ("-" if order.descending else "") + order.sort
    if order.descending:
        sorts[sort] = _("%(name)s, in reverse") % {"name": sorts.get(order.sort, _("User"))}
    of_sites = [Filter("site", _("Site"), options(sites, str(only.site_id or ""), everything=_("Every site")))]
    return [
        *([] if wide else of_sites),
        Filter("type", _("Type"), options(of_types, only.type_code, everything=_("Type"))),
        Filter("state", _("State"), options(state_names(), only.state, everything=_("State"))),
        Filter(
            "difference",
            _("Difference"),
            options(difference_names(), only.difference, everything=_("Difference with the stack")),
        ),
        Filter("sort", _("Sort by"), options(sorts, sort, everything=_("Sort by")), narrow_only=True),
    ]


def state_names() -> dict[str, str]:
    """The states of a user, for a filter."""
    return {
        "active": _("Enabled"),
        "disabled": _("Disabled"),
        "refused": _("Refused by the stack"),
        "waiting": _("Waiting for the stack"),
    }


def difference_names() -> dict[str, str]:
    """What may stand between the portal and a stack, for a filter."""
    return {
        "any": _("Any difference"),
        "absent": _("Not on the stack yet"),
        "unchanged": _("Change refused by the stack"),
        "staying": _("Not deleted on the stack"),
    }


def row_of(user: ListedUser, labels: Types, *, wide: bool) -> UserRow:
    """A user as the list shows it."""
    return UserRow(
        name=user.full_name,
        email=user.email,
        site=user.site_name,
        type=labels[user.type_code],
        extension=user.extension,
        enabled=user.enabled,
        on_stack=state_on_stack(user),
        reason=reason(user.error_code, user.error_field) if user.call_state == "failed" else "",
        url=reverse("user", args=[user.customer_id, user.id]),
        key=f"{user.customer_id}.{user.id}",
        customer=user.customer_name if wide else "",
        customer_url=reverse("users", args=[user.customer_id]) if wide else "",
    )


def heads_of_file() -> list[str]:
    """The heads of the columns of a file."""
    return [
        *(_("Customer"), _("First name"), _("Last name"), _("E-mail address"), _("Site"), _("Type"), _("Extension")),
        *(pgettext("column", "Enabled"), _("State")),
    ]


def rows_of_file(
    reader: UserReader | UserManager, only: UserFilter, order: Order, labels: Types, most: int
) -> Iterator[list[Cell]]:
    """The rows of a file with the users of a list, read in batches, at most ``most``."""
    after = None
    while most > 0:
        users = list_users(
            reader, only=only, sort=order.sort, descending=order.descending, after=after, limit=min(BATCH, most)
        )
        for user in users:
            yield _row_of_file(user, labels)
        if len(users) < BATCH:
            return
        after, most = (users[-1].place, users[-1].id), most - len(users)


def _row_of_file(user: ListedUser, labels: Types) -> list[Cell]:
    return [
        *(user.customer_name, user.first_name, user.last_name, user.email, user.site_name),
        *(labels[user.type_code].name, user.extension, _("yes") if user.enabled else _("no"), state_of(user)),
    ]


def state_of(user: ListedUser) -> str:
    """The state of a user in words, as its badge in the list says it."""
    on_stack = state_on_stack(user)
    words = {
        "failed": _("Not created on the stack"),
        "unchanged": _("Change refused by the stack"),
        "staying": _("Not deleted on the stack"),
        "absent": _("Not on the stack yet"),
        "waiting": _("Being created"),
    }
    return words.get(on_stack) or (_("Enabled") if user.enabled else _("Disabled, keeps the seat"))
