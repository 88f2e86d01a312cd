"""``/customers/{c}/user-imports``: lists of users, imported whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Query, Router

from strapontin.access import grants
from strapontin.access.grants import UserManager
from strapontin.api import paging
from strapontin.api.answers import answer
from strapontin.api.effects import show_entry, show_next_invoice
from strapontin.api.schemas.common import PageIn
from strapontin.api.schemas.user_imports import (
    ColumnsIn,
    ConfirmationIn,
    ListedUserIn,
    UserImportIn,
    UserImportOut,
    UserImportPage,
)
from strapontin.api.visit import ApiRequest
from strapontin.billing.effects import Effect
from strapontin.doors.visit import Visit
from strapontin.imports import queries, user_imports
from strapontin.imports.outlook import Outlook, look_ahead
from strapontin.imports.problems import Problem
from strapontin.imports.queries import ImportFacts
from strapontin.imports.spreadsheets import SentFile
from strapontin.refusals import Refusal

router = Router(tags=["user imports"])
IMPORTS = "customers/{uuid:customer_id}/user-imports"


@router.post(IMPORTS, response={202: UserImportOut})
def start_import(request: ApiRequest, customer_id: UUID, body: UserImportIn) -> HttpResponse:
    """Takes users, or a CSV or XLSX file with them in a form, and checks them: errors are told by row and column.

    With ``preview`` it ends in the state "ready", writes nothing, and can be confirmed. Without, all users are created,
    or none if anything is wrong. With ``allocate_missing``, missing seats are allocated with them. With a ``digest``
    too, only if that does exactly what was shown. A file has a head: "Prénom" or "First name", "Site", "Type" and so
    on.
    """
    visit = request.visit
    grant = grants.user_manager(visit.actor, customer_id)
    if body.file is not None:
        file = SentFile(body.file.read(), body.file.name or "")
    else:
        file = user_imports.file_of_users([_texts(user) for user in body.users or ()])
    import_id = user_imports.request_import(
        grant,
        file=file,
        preview=body.preview,
        at=visit.at,
        allocate_missing=body.allocate_missing,
        digest=body.digest or "",
    )
    return _answer_import(grant, visit, import_id, status=202)


def _texts(user: ListedUserIn) -> dict[str, str]:
    texts = user.model_dump()
    return {**texts, "enabled": "no" if user.enabled is False else ""}


@router.get(IMPORTS, response=UserImportPage)
def list_imports(request: ApiRequest, customer_id: UUID, page: Query[PageIn]) -> HttpResponse:
    """The customer's imports, the newest first. What is missing, its effect and the digest stand in each one alone."""
    grant = grants.user_manager(request.visit.actor, customer_id)
    imports = queries.user_imports(grant, before=paging.id_after(page.cursor), limit=page.limit + 1)
    return answer(paging.page(imports, page.limit, ["id"], lambda facts: show_import(facts, None)))


@router.get(IMPORTS + "/{uuid:import_id}", response=UserImportOut)
def read_import(request: ApiRequest, customer_id: UUID, import_id: UUID) -> HttpResponse:
    """An import: how far it is, what is wrong with it, and what it would do or did. It stays."""
    visit = request.visit
    return _answer_import(grants.user_manager(visit.actor, customer_id), visit, import_id)


@router.post(IMPORTS + "/{uuid:import_id}/confirmation", response={202: UserImportOut})
def confirm_import(
    request: ApiRequest, customer_id: UUID, import_id: UUID, body: ConfirmationIn | None = None
) -> HttpResponse:
    """Has an import in the state "ready" carried out. With a ``digest``, only if that does exactly what was shown."""
    visit = request.visit
    grant = grants.user_manager(visit.actor, customer_id)
    confirmation = body or ConfirmationIn()
    with _fresh_outlook_shown():
        user_imports.confirm_import(
            grant,
            import_id=import_id,
            settings=visit.settings,
            at=visit.at,
            allocate_missing=confirmation.allocate_missing,
            digest=confirmation.digest,
        )
    return _answer_import(grant, visit, import_id, status=202)


@router.put(IMPORTS + "/{uuid:import_id}/columns", response={202: UserImportOut})
def choose_columns(request: ApiRequest, customer_id: UUID, import_id: UUID, body: ColumnsIn) -> HttpResponse:
    """Says what each column is for, if the guess was wrong. The file is checked anew; later files are read so, too."""
    visit = request.visit
    grant = grants.user_manager(visit.actor, customer_id)
    user_imports.choose_columns(grant, import_id=import_id, fields=body.fields)
    return _answer_import(grant, visit, import_id, status=202)


def _answer_import(grant: UserManager, visit: Visit, import_id: UUID, *, status: int = 200) -> HttpResponse:
    facts = queries.user_import(grant, import_id=import_id)
    outlook = None
    if facts.state == "ready" and not facts.error_count:
        outlook = look_ahead(grant, facts, settings=visit.settings, at=visit.at)
    return answer(show_import(facts, outlook), status=status)


def show_import(facts: ImportFacts, outlook: Outlook | None) -> dict[str, Any]:
    """An import. ``outlook`` is there if it waits to be confirmed."""
    refusal = facts.refused
    return {
        "id": facts.id,
        "state": facts.state,
        "preview": facts.preview,
        "file_name": facts.file_name,
        "progress": {"done": facts.rows_done, "total": facts.rows},
        "rows": facts.rows,
        "created": facts.created,
        "columns": [
            {"head": head, "field": field or None} for head, field in zip(facts.heads, facts.fields, strict=False)
        ],
        "errors": [show_problem(problem) for problem in facts.errors],
        "error_count": facts.error_count,
        **_show_outlook(outlook),
        "refusal": {"code": refusal.code, "detail": refusal.sentence} if refusal else None,
        "created_at": facts.created_at,
        "finished_at": facts.finished_at,
    }


def show_problem(problem: Problem) -> dict[str, Any]:
    """What is wrong with a row of a file."""
    return {
        "row": problem.row,
        "column": problem.column or None,
        "field": problem.field or None,
        "code": problem.code,
        "detail": problem.detail,
    }


def _show_outlook(outlook: Outlook | None) -> dict[str, Any]:
    if outlook is None:
        return {"missing": [], "effect": None, "digest": None, "problem": None}
    missing = [{"site": site, "type": code, "seats": seats} for (site, code), seats in outlook.missing.items()]
    effect = _show_effect(outlook.effect) if outlook.effect else None
    refusal = outlook.refusal
    problem = {"code": refusal.code, "detail": refusal.sentence} if refusal else None
    return {"missing": missing, "effect": effect, "digest": outlook.digest, "problem": problem}


def _show_effect(effect: Effect) -> dict[str, Any]:
    invoice = show_next_invoice(effect.next_invoice) if effect.next_invoice else None
    return {"entries": [show_entry(entry) for entry in effect.entries], "next_invoice": invoice}


@contextmanager
def _fresh_outlook_shown() -> Iterator[None]:
    """Shows the fresh outlook of a ``preview_outdated`` as the import itself does."""
    try:
        yield
    except Refusal as refusal:
        if "fresh" in refusal.facts:
            refusal.facts |= _show_outlook(refusal.facts.pop("fresh"))
        raise
