"""Old readings of stacks: deleted after some time, and names in them blanked when a person is erased (SPEC 11)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from strapontin.kit.database import rows_of, run, statement
from strapontin.kit.rows import json_of

DELETE_SYNCHRONIZATIONS = statement(__file__, "delete_synchronizations.sql")
_DIFFERING = """
SELECT synchronization_id, tenant_id, differences FROM tenant_reading
 WHERE customer_id = %s AND differences <> '{}'::jsonb FOR NO KEY UPDATE
"""
_REWRITE = """
UPDATE tenant_reading SET differences = %s::jsonb WHERE customer_id = %s AND synchronization_id = %s AND tenant_id = %s
"""
BLANK = "…"


@dataclass(frozen=True, slots=True)
class _Differing:
    synchronization_id: UUID
    tenant_id: UUID
    differences: dict[str, list[dict[str, str]]]


def blank_in_readings(customer_id: UUID, texts: Iterable[str]) -> None:
    """Replaces these names and e-mail addresses in what a customer's readings tell. Needs the customer's scope."""
    blanked = {text.casefold() for text in texts}
    for reading in rows_of(_Differing, _DIFFERING, [customer_id]):
        rewritten = _without(reading.differences, blanked)
        if rewritten != reading.differences:
            run(_REWRITE, [json_of(rewritten), customer_id, reading.synchronization_id, reading.tenant_id])


def _without(value: Any, blanked: set[str]) -> Any:
    if isinstance(value, dict):
        return {key: _without(item, blanked) for key, item in value.items()}
    if isinstance(value, list):
        return [_without(item, blanked) for item in value]
    return BLANK if isinstance(value, str) and value.casefold() in blanked else value
