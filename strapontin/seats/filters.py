"""What a list of users may be narrowed to, as conditions of SQL (:mod:`strapontin.seats.listing`).

In the conditions, ``u`` is a user, ``s`` its site and ``c`` its customer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

State = Literal["active", "disabled", "refused", "waiting"]
STATES: tuple[State, ...] = ("active", "disabled", "refused", "waiting")
Difference = Literal["any", "absent", "unchanged", "staying"]
DIFFERENCES: tuple[Difference, ...] = ("any", "absent", "unchanged", "staying")

_OPEN = "SELECT k.customer_id, k.user_id FROM stack_call k WHERE k.state = ANY (ARRAY['waiting', 'sent'])"
_REFUSED = "SELECT k.customer_id, k.user_id FROM stack_call k WHERE k.state = 'failed'"
# All tenants of the site were read, none has shown the user, and no call is about to change that.
_ABSENT = """
SELECT a.customer_id, a.id
  FROM (SELECT t.customer_id, t.site_id FROM site_tenant t GROUP BY t.customer_id, t.site_id
        HAVING bool_and(t.synchronized_at IS NOT NULL)) AS seen
  JOIN seat_user a ON a.customer_id = seen.customer_id AND a.site_id = seen.site_id
 WHERE a.state = 'active' AND a.stack_user_uuid IS NULL
   AND NOT EXISTS (SELECT 1 FROM stack_call k WHERE k.customer_id = a.customer_id AND k.user_id = a.id
                                              AND k.state = ANY (ARRAY['waiting', 'sent', 'failed']))
"""


def _among(*selected: str) -> str:
    return f"(u.customer_id, u.id) IN ({' UNION ALL '.join(selected)})"


_STATES: dict[State, str] = {
    "active": "u.state = 'active' AND u.enabled",
    "disabled": "u.state = 'active' AND NOT u.enabled",
    "refused": "u.state = 'refused'",
    "waiting": f"u.state = 'active' AND {_among(_OPEN)}",
}
_DIFFERENCES: dict[Difference, str] = {
    "any": _among(_ABSENT, _REFUSED),
    "absent": "u.state = 'active' AND " + _among(_ABSENT, f"{_REFUSED} AND k.kind = 'create'"),
    "unchanged": _among(f"{_REFUSED} AND k.kind = 'update'"),
    "staying": _among(f"{_REFUSED} AND k.kind = 'delete'"),
}
# A balance was opened for every seat that was ever taken, and a total with it. So most customers and types are left out
# without a look at their users.
_OF_TYPE = """
u.type_code = %(type)s
AND EXISTS (SELECT 1 FROM customer_total t WHERE t.customer_id = c.id AND t.type_code = %(type)s)
"""


@dataclass(frozen=True, slots=True)
class UserFilter:
    """Which users of the scope are listed; an empty field leaves out none.

    ``search`` are words. ``state``: "active" and "disabled" users have a seat, "refused" ones have none since a stack
    did not create them, and a stack is still to be told of those "waiting". ``difference`` is what stands between the
    portal and the stack: "absent" users are not there, "unchanged" ones are there as they were, "staying" ones were to
    be deleted, and "any" is each of these and the refused ones.
    """

    search: str = ""
    customer_id: UUID | None = None
    site_id: UUID | None = None
    type_code: str = ""
    state: State | Literal[""] = ""
    difference: Difference | Literal[""] = ""


EVERYBODY = UserFilter()


@dataclass(frozen=True, slots=True)
class Listed:
    """The conditions of a list, and the values of its statements."""

    conditions: tuple[str, ...]
    params: dict[str, object]

    def narrowed(self, condition: str, **params: object) -> Listed:
        """With one condition more."""
        return Listed((*self.conditions, condition), self.params | params)

    @property
    def where(self) -> str:
        """All conditions."""
        return " AND ".join(self.conditions)


def filtered(listed: Listed, only: UserFilter) -> Listed:
    """A list narrowed to what ``only`` names, but for its search."""
    if only.customer_id:
        listed = listed.narrowed("c.id = %(customer)s", customer=only.customer_id)
    if only.site_id:
        listed = listed.narrowed("u.site_id = %(site)s", site=only.site_id)
    if only.type_code:
        listed = listed.narrowed(_OF_TYPE, type=only.type_code)
    if only.state:
        listed = listed.narrowed(_STATES[only.state])
    if only.difference:
        listed = listed.narrowed(_DIFFERENCES[only.difference])
    return listed
