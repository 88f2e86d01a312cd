"""What the journal keeps of a changed user: never a name, an address or a number (SPEC 11)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from strapontin.access.grants import UserManager
from strapontin.journal.operations import record_below

# The fields of a user that are told, with the journal's own names for two of them.
_FIELDS = ("site_id", "type_code", "enabled", "first_name", "last_name", "email", "extension")
_NAMES = {"site_id": "site", "type_code": "type"}


def record_change(
    grant: UserManager, *, user_id: UUID, before: Mapping[str, Any], after: Mapping[str, Any], at: datetime
) -> None:
    """Adds an entry with what differs between two states of a user; of personal data, only that it does."""
    changed = [field for field in _FIELDS if before[field] != after[field]]
    if not changed:
        return

    def kept(user: Mapping[str, Any]) -> dict[str, Any]:
        return {_NAMES.get(field, field): user[field] for field in changed}

    record_below(grant, action="user.change", at=at, object_id=user_id, before=kept(before), after=kept(after))
