"""What ``/stacks`` takes and answers."""

from __future__ import annotations

import re
from typing import Annotated, Literal
from urllib.parse import urlsplit
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from pydantic import AfterValidator, StrictBool, StringConstraints, model_validator

from strapontin.api.schemas.common import UNCHANGED, Answer, Body
from strapontin.api.schemas.kinds import Name, OptionalSecret, OptionalText, refuse

_PATH = re.compile(r"(/[A-Za-z0-9_-]{1,40}){0,2}/?")


def _address(url: str) -> str:
    try:
        parts = urlsplit(url)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError:
        raise refuse(_("This is not an address.")) from None
    if parts.scheme == "file" and parts.path and not parts.netloc:
        return url
    # Credentials in an address would appear on every page that shows the address.
    if parts.scheme not in ("http", "https") or not parts.hostname or not port_is_fine or "@" in parts.netloc:
        raise refuse(_("An address starts with https:// or http:// and holds no password."))
    # What is asked of a stack is added to the address: a free path would lead to whatever else is there.
    if parts.query or parts.fragment or not _PATH.fullmatch(parts.path):
        raise refuse(_("An address ends after the host, or after a short path of letters and digits."))
    return url


Address = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=r"^[\x21-\x7e]+$"),
    AfterValidator(_address),
]


class StackIn(Body):
    name: Name
    kind: Literal["wazo", "csv"]
    url: Address
    username: OptionalText = ""
    password: OptionalSecret = ""
    verify_tls: StrictBool = True
    partner: UUID | None = None

    @model_validator(mode="after")
    def file_is_csv(self) -> StackIn:
        if (self.kind == "csv") != self.url.startswith("file:"):
            raise refuse(_("A CSV stack is a file, and only a CSV stack is."))
        return self


class StackChange(Body):
    name: Name = UNCHANGED
    url: Address = UNCHANGED
    username: OptionalText = UNCHANGED
    password: OptionalSecret = UNCHANGED
    verify_tls: StrictBool = UNCHANGED


class StackOut(Answer):
    id: UUID
    name: str
    kind: Literal["wazo", "csv"]
    url: str
    username: str
    has_password: bool
    verify_tls: bool
    partner: UUID | None
    same_server: list[UUID]


class StackPage(Answer):
    items: list[StackOut]
    next: str | None
