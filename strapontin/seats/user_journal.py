"""What the journal keeps of a changed user: never a name, an address or a number (SPEC 11)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from strapontin.access.grants import UserManager
from strapontin.journal.operations import record

_IN_JOURNAL = {"site_id": "site", "type_code": "type", "enabled": "enabled"}
_PERSONAL = ("first_name", "last_name", "email", "extension")


def record_change(grant: UserManager, *, before: Mapping[str, Any], after: Mapping[str, Any], at: datetime) -> None:
    """Adds an entry with what differs between two states of a user; of personal data, only that it does."""
    changed = [field for field in (*_IN_JOURNAL, *_PERSONAL) if before[field] != after[field]]
    if not changed:
        return

    def shown(user: Mapping[str, Any]) -> dict[str, Any]:
        return {_IN_JOURNAL.get(field, field): "…" if field in _PERSONAL else user[field] for field in changed}

    record(
        actor=grant.actor,
        at=at,
        action="user.change",
        object_kind="user",
        object_id=before["id"],
        partner_path=grant.customer.partner_path,
        customer_id=grant.customer.id,
        before=shown(before),
        after=shown(after),
    )
