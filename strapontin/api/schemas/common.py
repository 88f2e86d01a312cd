"""What several nouns share: bodies, answers, pages of a list, scopes, and who did something."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, model_validator

from strapontin.api.schemas.kinds import DEFAULT_LIMIT, Cursor, Limit, refuse


class Body(BaseModel):
    """The body of a request; what is not named here is left unread."""


class Answer(BaseModel):
    """Documents an answer: answers are written by the routes, and compared with this by the tests."""


class PageIn(BaseModel):
    """Where to read on in a list, and how much."""

    limit: Limit = DEFAULT_LIMIT
    cursor: Cursor | None = None


class PageOfCustomer(PageIn):
    """A list over a scope that may be narrowed to one customer."""

    customer: UUID | None = None


class Scope(Body):
    """Exactly one of the three."""

    provider: Literal[True] | None = None
    partner: UUID | None = None
    customer: UUID | None = None

    @model_validator(mode="after")
    def one(self) -> Scope:
        if sum(part is not None for part in (self.provider, self.partner, self.customer)) != 1:
            raise refuse(_("A scope is the provider, one partner or one customer."))
        return self


class Doer(Answer):
    kind: Literal["administrator", "api_key", "system"]
    id: UUID | None
    name: str | None
