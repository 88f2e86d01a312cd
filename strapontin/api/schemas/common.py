"""What several nouns share: bodies, answers, pages of a list, scopes, and who did something."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ConfigDict, Field, model_validator

from strapontin.api.schemas.kinds import DEFAULT_LIMIT, Cursor, Limit, refuse


class Body(BaseModel):
    """The body of a request. A field that its class does not name is refused."""

    model_config = ConfigDict(extra="forbid")


# The default of a field of a PATCH: what the body leaves out stays as it is. No default shows in the description.
UNCHANGED: Any = Field(default_factory=lambda: None)


class Answer(BaseModel):
    """Describes an answer. Routes write their answers themselves; tests compare those with this."""


class PageIn(BaseModel):
    """A page of a list: its length, and the cursor that the page before answered as ``next``."""

    limit: Limit = DEFAULT_LIMIT
    cursor: Cursor | None = None


class PageOfCustomer(PageIn):
    """A page of a list of your scope, or of one customer of it."""

    customer: UUID | None = None


class Scope(Body):
    """The provider, one partner or one customer: exactly one of the three."""

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
