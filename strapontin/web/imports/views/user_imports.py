"""Importing users from a file: sending it, what was found in it, confirming, the report (SPEC 5)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from strapontin.access import grants
from strapontin.access.grants import UserManager
from strapontin.customers.queries import sites
from strapontin.imports import queries, user_imports
from strapontin.imports.queries import ImportFacts
from strapontin.imports.template import template
from strapontin.refusals import Refusal
from strapontin.web.frame.answers import Done, attempt, page
from strapontin.web.frame.exports import Cell, Ending, exports_of, spreadsheet
from strapontin.web.frame.forms import say_in
from strapontin.web.frame.labels import types
from strapontin.web.frame.shapes import Link, Note
from strapontin.web.frame.visit import PageRequest
from strapontin.web.imports import composing
from strapontin.web.imports.forms import FileForm
from strapontin.web.users.navigation import crumbs_of_user

MOST_SHOWN = 20
"""How many earlier imports the page lists."""
MOST_ERRORS = 100
"""How many errors the page of an import shows; more stand in its report."""


@require_http_methods(["GET", "HEAD", "POST"])
def show_imports(request: PageRequest, customer_id: UUID) -> HttpResponse:
    """The form by which a file is sent, and the customer's latest imports."""
    grant = grants.user_manager(request.actor, customer_id)
    form = FileForm(request.POST or None, request.FILES or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            requested = attempt(
                lambda: user_imports.request_import(grant, file=form.sent_file(), preview=True, at=request.visit.at)
            )
            if not isinstance(requested, Refusal):
                return Done(
                    _import_url(customer_id, requested),
                    _("The file is being checked. Nothing is imported yet."),
                    level=messages.INFO,
                )
            status = say_in(form, requested)
    context = {
        "crumbs": crumbs_of_user(request.actor, grant),
        "scope": grant.customer.name,
        "form": form,
        "save_url": request.path,
        "back_url": reverse("users", args=[customer_id]),
        "template_url": reverse("user_import_template", args=[customer_id]),
        "imports": [
            (facts, _import_url(customer_id, facts.id)) for facts in queries.user_imports(grant, limit=MOST_SHOWN)
        ],
    }
    return page(request, "imports/user_imports.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def show_import(request: PageRequest, customer_id: UUID, import_id: UUID) -> HttpResponse:
    """An import: its progress, what is wrong, what it would do or did. It posts ``confirm`` or ``columns``."""
    grant = grants.user_manager(request.actor, customer_id)
    refused: Refusal | None = None
    if request.method == "POST":
        done = attempt(lambda: _act(request, grant, import_id))
        if isinstance(done, Done):
            return done
        refused = done
    facts = queries.user_import(grant, import_id=import_id)
    context = _context(request, grant, facts)
    if refused is not None:
        context["notes"] = [Note("warn", _("Nothing is imported."), refused.sentence, focus=True)]
    return page(request, "imports/user_import.html", context, status=refused.status if refused else 200)


def _act(request: PageRequest, grant: UserManager, import_id: UUID) -> Done:
    if request.POST.get("action") == "columns":
        facts = queries.user_import(grant, import_id=import_id)
        fields = [request.POST.get(f"column-{number}", "") for number in range(1, len(facts.heads) + 1)]
        user_imports.choose_columns(grant, import_id=import_id, fields=fields)
        return Done(request.path, _("The file is being checked anew."))
    user_imports.confirm_import(
        grant,
        import_id=import_id,
        settings=request.visit.settings,
        at=request.visit.at,
        allocate_missing=request.POST.get("action") == "allocate",
        digest=request.POST.get("digest", ""),
    )
    return Done(request.path, _("The import begins."))


def _context(request: PageRequest, grant: UserManager, facts: ImportFacts) -> dict[str, Any]:
    customer_id, labels = grant.customer.id, types()
    outlook = composing.outlook_of(request, grant, facts)
    names = {site.id: site.name for site in sites(grant, limit=None)}
    imports_url = reverse("user_imports", args=[customer_id])
    # Who may not allocate what is missing can ask for it.
    possible = outlook if outlook and (outlook.refusal is None or outlook.missing) else None
    return {
        "crumbs": [*crumbs_of_user(request.actor, grant), Link(_("Imports"), imports_url)],
        "facts": facts,
        "page_url": request.path,
        "imports_url": imports_url,
        "users_url": reverse("users", args=[customer_id]),
        "notes": composing.notes_of(facts),
        "places": composing.place_rows(facts, outlook, names, labels),
        "errors": facts.errors[:MOST_ERRORS],
        "columns": composing.column_rows(facts) if facts.state == "ready" else [],
        "confirmation": composing.confirmation(request, grant, facts, possible, labels, names) if possible else None,
        "problem": outlook.refusal.sentence if outlook and outlook.refusal and not possible else "",
        "exports": [] if facts.runs else exports_of("user_import_report", customer_id, facts.id),
    }


@require_safe
def download_template(request: PageRequest, customer_id: UUID) -> HttpResponse:
    """A workbook to fill in, with the customer's sites and the types to choose from."""
    grant = grants.user_manager(request.actor, customer_id)
    names = [site.name for site in sites(grant, limit=None)]
    name = pgettext("name of a file", "users")
    return HttpResponse(
        template(names, [label.name for label in types()]),
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        headers={"Content-Disposition": f'attachment; filename="{name}.xlsx"'},
    )


@require_safe
def export_report(request: PageRequest, customer_id: UUID, import_id: UUID, ending: Ending) -> HttpResponse:
    """What is wrong, by row and column; of an import that is done, the users whom it created."""
    grant = grants.user_manager(request.actor, customer_id)
    facts = queries.user_import(grant, import_id=import_id)
    heads = [_("Row"), _("Column"), _("What is to be corrected")]
    rows: Iterator[list[Cell]] = ([e.row, e.column, e.detail] for e in facts.errors)
    if facts.state == "done":
        heads = [
            _("First name"),
            _("Last name"),
            _("E-mail address"),
            _("Site"),
            _("Subscription type"),
            _("Extension"),
        ]
        labels = types()
        rows = (
            [user.first_name, user.last_name, user.email, user.site_name, labels[user.type_code].name, user.extension]
            for user in queries.created_users(grant, facts)
        )
    name = pgettext("name of a file", "import-report")
    return spreadsheet(ending, name=name, heads=heads, rows=rows)


def _import_url(customer_id: UUID, import_id: UUID) -> str:
    return reverse("user_import", args=[customer_id, import_id])
