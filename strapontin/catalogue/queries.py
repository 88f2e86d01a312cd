"""Reading subscription types."""

from __future__ import annotations

from dataclasses import dataclass

from strapontin.kit.database import row_of, rows_of, values_of
from strapontin.refusals import not_found

_TYPE = "SELECT code, name_fr, name_en, stack_ids, position FROM subscription_type"


@dataclass(frozen=True, slots=True)
class TypeFacts:
    """A subscription type; ``stack_ids`` are the integers by which telephone servers name it."""

    code: str
    name_fr: str
    name_en: str
    stack_ids: list[int]
    position: int


def subscription_types() -> list[TypeFacts]:
    """All types, in the order of screens. Everybody may read them; prices are not among them."""
    return rows_of(TypeFacts, f"{_TYPE} ORDER BY position, code")


def type_codes() -> list[str]:
    """The codes of all types, in the order of screens."""
    return values_of(str, "SELECT code FROM subscription_type ORDER BY position, code")


def subscription_type(code: str, *, lock: bool = False) -> TypeFacts:
    """One type, or ``not_found``; ``lock`` holds it for a change."""
    type_ = row_of(TypeFacts, f"{_TYPE} WHERE code = %s {'FOR UPDATE' if lock else ''}", [code])
    if type_ is None:
        raise not_found()
    return type_
