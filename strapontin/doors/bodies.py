"""How large the body of a request may be: more where a list is sent."""

from __future__ import annotations

import re

from django.conf import settings

# Where lists of users and tables of quantities are sent.
_TAKES_LISTS = re.compile(
    r"(/api/v1)?/customers/[0-9a-fA-F-]{36}/(user-imports|users/imports/)|/api/v1/bulk-allocations|/subscriptions/bulk/"
)


def largest_body(path: str) -> int:
    """The largest body in bytes that the address ``path`` takes from a sender who is known."""
    return settings.LARGEST_LIST if _TAKES_LISTS.fullmatch(path) else settings.LARGEST_BODY
