"""Adding a user, and the decision if no seat is free (SPEC 5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_htmx.http import replace_url

from strapontin.access.automatic import choose_automatic_allocation
from strapontin.doors.calls import awaited
from strapontin.refusals import Refusal
from strapontin.seats import operations
from strapontin.seats.claims import NewUser
from strapontin.web.account.automatic import AutomaticForm
from strapontin.web.frame.answers import Done, attempt, page, post_only
from strapontin.web.frame.forms import say_in
from strapontin.web.frame.shapes import Note
from strapontin.web.frame.visit import PageRequest
from strapontin.web.requests.sending import send_request
from strapontin.web.users import decisions
from strapontin.web.users.new_user import NewUserPage, open_new_user
from strapontin.web.users.refusals import notes_of

_DONE_BY = {"allocate": ("allocate", "create"), "move": ("move",)}


@require_http_methods(["GET", "HEAD", "POST"])
def add_user(request: PageRequest, customer_id: UUID) -> HttpResponse:
    """The form. It posts ``create``, ``allocate`` with the digest of the effect shown, ``move``, or ``look``.

    ``look`` shows what the present choice does, without saving.
    """
    opened = open_new_user(request, customer_id, request.POST if request.method == "POST" else request.GET)
    if request.method != "POST":
        notes = notes_of(opened.refused, customer_id) if opened.refused else []
        return _show(request, opened, {"notes": notes})
    action = request.POST.get("action", "create")
    if action == "look" or opened.choice is None:
        return _show(request, opened, {"focus_decision": True})
    if action not in _DONE_BY.get(request.POST.get("way", ""), (action,)):
        # Without script the button still has the way that was shown.
        return _show(
            request, opened, {"notes": [Note("info", _("This is what your choice does. Nothing is saved yet."))]}
        )
    form, automatic = opened.form_with(request.POST), AutomaticForm(request.POST)
    chooses = action == "allocate" and "automatic" in request.POST
    if not form.is_valid() or (chooses and not automatic.is_valid()):
        return _show(request, opened, {"form": form, "automatic_form": automatic if chooses else None}, status=422)
    created: Done | Refusal | None = request.refusal
    if created is None:
        ceiling = automatic.cleaned_data["seats_per_month"] if chooses else None
        created = attempt(lambda: _create(request, opened, form.new_user(), action, ceiling))
    if isinstance(created, Done):
        return created
    opened = open_new_user(request, customer_id, request.POST)
    return _refused(request, opened, created)


@post_only
def show_decision(request: PageRequest, customer_id: UUID) -> HttpResponse:
    """What the present choice of site, type and way does, for htmx: nothing is checked, nothing is saved."""
    opened = open_new_user(request, customer_id, request.POST)
    context = opened.context() | {"searched": bool(request.htmx) and request.htmx.trigger_name == "q"}
    response = page(request, "users/_new_user_answer.html", context)
    if opened.choice is None:
        return response
    chosen = {"site": str(opened.choice.site.site_id), "type": opened.choice.type.code}
    if opened.refused:
        chosen["again"] = str(opened.refused.id)
    return replace_url(response, f"{opened.save_url}?{urlencode(chosen)}")


def _show(
    request: PageRequest, opened: NewUserPage, more: Mapping[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    return page(request, "users/new_user.html", opened.context() | dict(more or {}), status=status)


def _create(request: PageRequest, opened: NewUserPage, new: NewUser, action: str, ceiling: int | None) -> Done:
    """Creates the user, and allocates or moves its seat if that was confirmed.

    With a ``ceiling``, chooses automatic allocation from now on.
    """
    missing, visit = opened.missing(), request.visit
    body = ""
    if action == "request":
        return _ask(request, missing, new)
    if action == "move":
        body = decisions.take_from_another(missing, shown_giver=request.POST.get("giver", ""))
    if action == "allocate":
        body = decisions.confirm(missing, request.POST.get("digest", ""))
    added = operations.add_user(
        missing.grant,
        new=new,
        settings=visit.settings,
        at=visit.at,
        allocate_missing=action == "allocate",
        instead_of=opened.refused.id if opened.refused else None,
    )
    if action == "create" and added.allocated:
        said = decisions.say_allocated(missing, added.allocated.plan.entries)
        body = f"{said} {_('You chose not to be asked.')}"
    if ceiling is not None:
        manager = missing.grant.allocation_manager()
        choose_automatic_allocation(manager, enabled=True, seats_per_month=ceiling, at=visit.at)
        body = f"{body} {_('From now on you are not asked for this customer; your account shows it.')}"
    customer_id = missing.grant.customer.id
    title = _("The user %(name)s is created.") % {"name": f"{new.first_name} {new.last_name}".strip()}
    return Done(reverse("users", args=[customer_id]), title, body, call=awaited(customer_id, added.call_id))


def _ask(request: PageRequest, missing: decisions.Missing, new: NewUser) -> Done:
    """Sends a request for the user with its seat; a seat that is free by now is shown instead."""
    if not missing.afresh().seats:
        raise Refusal("no_free_seat", missing=0)
    return send_request(request.visit, missing.grant.customer.id, new=new, note=request.POST.get("note", ""))


def _refused(request: PageRequest, opened: NewUserPage, refusal: Refusal) -> HttpResponse:
    if refusal.code in ("no_free_seat", "preview_outdated", "above_limit"):
        context = opened.context() | {"focus_decision": True}
        if refusal.code == "preview_outdated":
            context |= {"notes": [decisions.changed_meanwhile(context["decision"])], "focus_decision": False}
        return page(request, "users/new_user.html", context, status=409)
    form, context = opened.form_with(request.POST), opened.context()
    form.is_valid()
    status, decision = say_in(form, refusal), context["decision"]
    if refusal.code == "refused_by_stack" and decision and decision.missing:
        # What was allocated with the user is taken back (strapontin.seats.undoing).
        context["notes"] = [
            Note("info", _("The seat that was allocated for the user is handed back; nothing is invoiced."))
        ]
    return page(request, "users/new_user.html", context | {"form": form}, status=status)
