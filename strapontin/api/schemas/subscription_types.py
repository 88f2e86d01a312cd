"""What ``/subscription-types`` takes and answers."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StrictInt

from strapontin.api.schemas.common import UNCHANGED, Answer, Body
from strapontin.api.schemas.kinds import Name, TypeCode

# wazo-confd has the types 0 to 10. It refuses any other number.
StackIds = Annotated[list[Annotated[StrictInt, Field(ge=0, le=10)]], Field(max_length=11)]


class TypeIn(Body):
    code: TypeCode
    name_fr: Name
    name_en: Name
    stack_ids: StackIds = Field(default_factory=list)
    position: Annotated[StrictInt, Field(ge=0, le=1000)] = 100


class TypeChange(Body):
    name_fr: Name = UNCHANGED
    name_en: Name = UNCHANGED
    stack_ids: StackIds = UNCHANGED
    position: Annotated[StrictInt, Field(ge=0, le=1000)] = UNCHANGED


class TypeOut(Answer):
    id: str
    code: str
    name_fr: str
    name_en: str
    stack_ids: list[int]
    position: int


class TypePage(Answer):
    items: list[TypeOut]
    next: str | None
