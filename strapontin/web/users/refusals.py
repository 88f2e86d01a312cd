"""What a stack refused of a user, in a note with what can be done about it (SPEC 5)."""

from __future__ import annotations

from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from strapontin.seats.queries import User
from strapontin.stacks.reasons import reason, tried_again
from strapontin.web.frame.shapes import Action, Note
from strapontin.web.users.shapes import OnStack

# By kind and state of the latest call.
_REFUSED: dict[str, OnStack] = {"create": "failed", "update": "unchanged", "delete": "staying"}
_STATES: dict[str, OnStack] = {"waiting": "waiting", "sent": "waiting", "done": "ok"}


def state_on_stack(user: User) -> OnStack:
    """How the latest call to the user's stack stands, or that the stack has never shown the user.

    A refused user stays one if its tenant was detached since, and the calls with it.
    """
    if user.state == "refused":
        return "failed"
    if user.is_absent:
        return "absent"
    if user.call_state == "failed" and user.call_kind == "create":
        return "absent"
    if user.call_state == "failed":
        return _REFUSED.get(user.call_kind or "", "")
    if user.call_kind == "create":
        return _STATES.get(user.call_state or "", "")
    return "ok" if user.call_state else ""


def notes_of(user: User, customer_id: UUID) -> list[Note]:
    """What the stack refused, or why it is asked again; nothing if there is nothing to say."""
    if not user.error_code:
        return []
    if user.call_state != "failed":
        title = _("The telephone server does not know the latest yet.")
        return [Note("info", title, tried_again(user.error_code, user.error_field))]
    titles = {
        "failed": _("The telephone server refused this user. No seat is taken."),
        "absent": _("The telephone server refused to create this user, who keeps the seat."),
        "unchanged": _("The telephone server refused the last change. Here it is taken back."),
        "staying": _("The telephone server did not delete this user, who keeps the seat."),
    }
    remove = Action(_("Remove again"), reverse("user_remove", args=[customer_id, user.id]))
    note = Action(_("Noted"), reverse("user_dismiss", args=[customer_id, user.id]), post=True)
    state = state_on_stack(user)
    actions = [remove, note] if state == "staying" else [note]
    return [Note("warn", titles.get(state, ""), reason(user.error_code, user.error_field), actions)]
