"""What the journal keeps of a changed user: never a name, an address or a number (SPEC 11)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from strapontin.access.grants import UserManager
from strapontin.journal.operations import record_below

# The fields that the journal knows. Two of them have other names there.
_FIELDS = ("site_id", "type_code", "enabled", "first_name", "last_name", "email", "extension")
_NAMES = {"site_id": "site", "type_code": "type"}


def record_change(
    grant: UserManager, *, user_id: UUID, before: Mapping[str, Any], after: Mapping[str, Any], at: datetime
) -> None:
    """Adds an entry with the fields that differ between two states of a user. Adds none if no field differs."""
    changed = [field for field in _FIELDS if before[field] != after[field]]
    if not changed:
        return

    def values(user: Mapping[str, Any]) -> dict[str, object]:
        return {_NAMES.get(field, field): user[field] for field in changed}

    record_below(grant, action="user.change", at=at, object_id=user_id, before=values(before), after=values(after))
