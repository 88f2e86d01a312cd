"""Where one is signed in, and how to end it from here."""

from __future__ import annotations

from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from strapontin.access import sessions
from strapontin.doors.events import note
from strapontin.web.frame.answers import post_only


@require_safe
def show_sessions(request: HttpRequest) -> HttpResponse:
    """The sessions of one's own account, this one first."""
    visit, account_id = getattr(request, "visit", None), request.user.pk
    if visit is None or account_id is None:
        return redirect_to_login(request.get_full_path())
    found = sessions.open_sessions(account_id=account_id, session_key=request.session.session_key or "")
    with timezone.override(ZoneInfo(visit.settings.time_zone)):
        return render(request, "account/sessions.html", {"sessions": found, "others": len(found) > 1})


@post_only
def end_sessions(request: HttpRequest) -> HttpResponse:
    """Ends one session of one's own account, or all but this one."""
    account_id = request.user.pk
    if getattr(request, "visit", None) is None or account_id is None:
        return redirect_to_login("/accounts/sessions/")
    if session_id := _id(request.POST.get("session", "")):
        ended = sessions.end_session(account_id=account_id, session_id=session_id)
    else:
        key = request.session.session_key or ""
        ended = sessions.end_other_sessions(account_id=account_id, session_key=key)
    note("session.ended", request, door="screen", account=account_id, count=ended)
    messages.success(request, _("You are signed out there."))
    return redirect("account_sessions")


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
