"""Why a stack did not do what was asked, in plain words (SPEC 5)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from strapontin.refusals import Refusal

# StackError's code -> the sentence.
_REASONS: dict[str, Any] = {
    "unreachable": gettext_lazy("The telephone server does not answer."),
    "timeout": gettext_lazy("The telephone server does not answer."),
    "tls": gettext_lazy("The connection to the telephone server is not trustworthy."),
    "refused": gettext_lazy("The telephone server does not let the portal's account do this."),
    "too_many_sessions": gettext_lazy("The telephone server gives no further session for now."),
    "unavailable": gettext_lazy("The telephone server cannot serve just now."),
    "failed": gettext_lazy("The telephone server fails at this user, though it serves others."),
    "nonsense": gettext_lazy("The telephone server gave an answer that makes no sense."),
    "unknown_tenant": gettext_lazy("The telephone server shows the portal's account no such tenant."),
    "conflict": gettext_lazy("Another user of the telephone server has this e-mail address."),
    "invalid": gettext_lazy("The telephone server does not accept what was entered."),
    "unknown_user": gettext_lazy("The telephone server no longer has this user."),
    "associated": gettext_lazy("Something else on the telephone server depends on this user."),
    "network_not_allowed": gettext_lazy("The provider does not allow the network of this telephone server."),
    "in_the_clear": gettext_lazy("The connection to the telephone server would not be encrypted."),
    "silent": gettext_lazy("The telephone server has not answered lately: it is not asked for now."),
    "out_of_time": gettext_lazy("There was no time left to ask the telephone server."),
    "password_unreadable": gettext_lazy("The stored password of the telephone server can no longer be read."),
}
_OTHERWISE = gettext_lazy("The portal could not make the call. Its log says why.")
# StackError's field -> the field of a user, and its sentence.
_FIELDS: dict[str, tuple[str, Any]] = {
    "first_name": ("first_name", gettext_lazy("The telephone server does not accept the first name.")),
    "last_name": ("last_name", gettext_lazy("The telephone server does not accept the last name.")),
    "email": ("email", gettext_lazy("The telephone server does not accept the e-mail address.")),
    "stack_type_id": ("type", gettext_lazy("The telephone server does not accept the subscription type.")),
}


def reason(code: str, field: str = "") -> str:
    """The reason in the language that is active now; ``code`` and ``field`` are those of a ``StackError``."""
    if code == "invalid" and field in _FIELDS:
        return str(_FIELDS[field][1])
    return str(_REASONS.get(code, _OTHERWISE))


def refused_by_stack(code: str, field: str = "") -> Refusal:
    """The refusal of what a stack refused, at the field that it did not accept, if it named one."""
    facts = {"field": _FIELDS[field][0]} if field in _FIELDS else {}
    return Refusal("refused_by_stack", explanation=reason(code, field), reason=code, **facts)


def tried_again(code: str, field: str = "") -> str:
    """What to say of a call that is still tried, in two sentences."""
    return f"{reason(code, field)} {_('It is tried again by itself.')}"
