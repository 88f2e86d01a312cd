"""How a reader is told who did something (SPEC 3).

Of those above, a reader knows the nearest partner's name, and the names of those who can help. Row level security
leaves the latter. Everybody else above is called by the name of that partner, or "the provider".
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from strapontin.access.actors import Actor
from strapontin.access.scope import as_door, reveal_nearest_partner
from strapontin.kit.database import row_of, rows_of

_NAMES = """
SELECT id, name FROM administrator WHERE id = ANY (%(ids)s::uuid[])
UNION ALL SELECT id, name FROM api_key WHERE id = ANY (%(ids)s::uuid[])
"""
_PARTNERS = """
SELECT id, partner_id FROM administrator WHERE id = ANY (%(ids)s::uuid[])
UNION ALL SELECT id, partner_id FROM api_key WHERE id = ANY (%(ids)s::uuid[])
"""
_NEAREST = "SELECT id, name FROM partner WHERE id = nullif(current_setting('app.nearest', true), '')::uuid"


@dataclass(frozen=True, slots=True)
class _Named:
    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class _OfPartner:
    id: UUID
    partner_id: UUID | None


def names_of(actor: Actor, doer_ids: Collection[UUID]) -> dict[UUID, str]:
    """What ``actor`` may call administrators and keys; those outside the scope as :func:`names_above` says."""
    if not doer_ids:
        return {}
    seen = {named.id: named.name for named in rows_of(_Named, _NAMES, _ids(doer_ids))}
    return names_above(actor, set(doer_ids) - seen.keys()) | seen


def names_above(actor: Actor, doer_ids: Collection[UUID]) -> dict[UUID, str]:
    """What ``actor`` may call administrators and keys that are outside the scope."""
    if not doer_ids:
        return {}
    reveal_nearest_partner(actor)
    nearest = row_of(_Named, _NEAREST)
    with as_door():
        partners = {doer.id: doer.partner_id for doer in rows_of(_OfPartner, _PARTNERS, _ids(doer_ids))}
    return {
        doer_id: nearest.name if nearest and partners.get(doer_id) == nearest.id else _("the provider")
        for doer_id in doer_ids
    }


def _ids(doer_ids: Collection[UUID]) -> dict[str, list[str]]:
    return {"ids": [str(doer_id) for doer_id in doer_ids]}
