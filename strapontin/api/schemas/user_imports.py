"""What ``/customers/{c}/user-imports`` takes and answers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from pydantic import BeforeValidator, Field, StrictBool, WithJsonSchema, model_validator

from strapontin.api.schemas.allocations import EntryOut, InvoiceEffect
from strapontin.api.schemas.common import Answer, Body
from strapontin.api.schemas.kinds import Text, refuse
from strapontin.imports.spreadsheets import MOST_ROWS


def _uploaded(value: object) -> object:
    if not isinstance(value, UploadedFile):
        raise refuse(_("A file is sent in a form (multipart/form-data)."))
    return value


File = Annotated[Any, BeforeValidator(_uploaded), WithJsonSchema({"type": "string", "format": "binary"})]


class ListedUserIn(Body):
    """A user as it would stand in a file: what is wrong with it is told by row and column."""

    first_name: Text = ""
    last_name: Text = ""
    email: Text = ""
    site: Text = ""
    type: Text = ""
    extension: Text = ""
    enabled: StrictBool | None = None
    tenant: Text = ""


class UserImportIn(Body):
    """Users, or a CSV or XLSX file: exactly one of the two."""

    users: Annotated[list[ListedUserIn], Field(min_length=1, max_length=MOST_ROWS)] | None = None
    file: File | None = None
    allocate_missing: StrictBool = False
    preview: StrictBool = False
    digest: Text | None = None

    @model_validator(mode="after")
    def one(self) -> UserImportIn:
        if (self.users is None) == (self.file is None):
            raise refuse(_("Send users or a file: exactly one of the two."))
        return self


class ConfirmationIn(Body):
    allocate_missing: StrictBool = False
    digest: Text | None = None


class ColumnsIn(Body):
    """What each column of the file is for, in their order; empty: it is left out."""

    fields: Annotated[list[Text], Field(max_length=200)]


class ImportProgress(Answer):
    done: int
    total: int


class ImportErrorOut(Answer):
    row: int | None
    column: str | None
    field: str | None
    code: str
    detail: str


class MissingOut(Answer):
    site: UUID
    type: str
    seats: int


class ImportEffectOut(Answer):
    entries: list[EntryOut]
    next_invoice: InvoiceEffect | None


class ColumnOut(Answer):
    head: str
    field: str | None


class ImportRefusalOut(Answer):
    """Why the file, or its import, was refused as a whole."""

    code: str
    detail: str


class UserImportOut(Answer):
    """``problem`` says why an import that waits cannot be confirmed, ``refusal`` why one was not carried out."""

    id: UUID
    state: Literal["queued", "running", "ready", "done", "failed"]
    preview: bool
    file_name: str
    progress: ImportProgress
    rows: int
    created: int
    columns: list[ColumnOut]
    errors: list[ImportErrorOut]
    error_count: int
    missing: list[MissingOut]
    effect: ImportEffectOut | None
    digest: str | None
    problem: ImportRefusalOut | None
    refusal: ImportRefusalOut | None
    created_at: datetime
    finished_at: datetime | None


class UserImportPage(Answer):
    items: list[UserImportOut]
    next: str | None
