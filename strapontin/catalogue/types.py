"""Creating and changing subscription types, with the integers by which telephone servers name them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from strapontin.access.grants import ProviderGrant
from strapontin.catalogue.queries import subscription_type
from strapontin.journal.operations import record
from strapontin.kit.database import run, value_of
from strapontin.organisation.settings import load
from strapontin.refusals import Refusal

_TAKEN = """
SELECT code FROM subscription_type WHERE code <> %s AND stack_ids && %s::int[] ORDER BY code LIMIT 1
"""
_CHANGEABLE = ("name_fr", "name_en", "stack_ids", "position")


@dataclass(frozen=True, slots=True)
class NewType:
    """A subscription type; ``position`` orders screens."""

    code: str
    name_fr: str
    name_en: str
    stack_ids: list[int]
    position: int = 100


def create_type(grant: ProviderGrant, *, new: NewType, at: datetime) -> None:
    """Adds a type; ``already_exists`` for a code or a stack's integer that is taken."""
    _unambiguous(new.code, new.stack_ids)
    made = run(
        "INSERT INTO subscription_type (code, name_fr, name_en, stack_ids, position)"
        " VALUES (%(code)s, %(name_fr)s, %(name_en)s, %(stack_ids)s::int[], %(position)s) ON CONFLICT DO NOTHING",
        asdict(new),
    )
    if not made:
        raise Refusal("already_exists", explanation=new.code, field="code")
    record(grant.actor, action="subscription_type.create", at=at, after=asdict(new))


def change_type(grant: ProviderGrant, *, code: str, changes: Mapping[str, Any], at: datetime) -> None:
    """Changes a type's names, integers or position; ``not_found``, ``already_exists``."""
    before = asdict(subscription_type(code, lock=True))
    after = {field: changes.get(field, before[field]) for field in _CHANGEABLE}
    _unambiguous(code, after["stack_ids"])
    run(
        "UPDATE subscription_type SET name_fr = %(name_fr)s, name_en = %(name_en)s,"
        " stack_ids = %(stack_ids)s::int[], position = %(position)s WHERE code = %(code)s",
        after | {"code": code},
    )
    record(grant.actor, action="subscription_type.change", at=at, before=before, after=after | {"code": code})


def _unambiguous(code: str, stack_ids: list[int]) -> None:
    # An integer of a telephone server means one type: otherwise synchronisation could not tell which. Two requests at
    # once do not both find it free: each holds the settings until it is through.
    load(lock=True)
    if other_code := value_of(str, _TAKEN, [code, stack_ids]):
        raise Refusal("already_exists", explanation=other_code, field="stack_ids")
