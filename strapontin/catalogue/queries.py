"""Reading subscription types."""

from __future__ import annotations

from typing import Any

from strapontin.kit.database import row, rows
from strapontin.refusals import not_found

_TYPE = "SELECT code, name_fr, name_en, stack_ids, position FROM subscription_type"


def subscription_types() -> list[dict[str, Any]]:
    """All types, in the order of screens: what is sold is no secret, what it costs is."""
    return rows(f"{_TYPE} ORDER BY position, code")


def subscription_type(code: str, *, lock: bool = False) -> dict[str, Any]:
    """One type, or ``not_found``; ``lock`` holds it for a change."""
    found = row(f"{_TYPE} WHERE code = %s {'FOR UPDATE' if lock else ''}", [code])
    if found is None:
        raise not_found()
    return found
