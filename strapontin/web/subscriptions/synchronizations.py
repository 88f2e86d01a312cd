"""A synchronisation as the screens show it: site by site, with a readable reason if a stack was not read (SPEC 6)."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from strapontin.stacks.queries import Progress, Reading
from strapontin.web.subscriptions.shapes.synchronization import Sync, SyncSite, SyncState

# How long a synchronisation that has ended stays on the customer's page.
STAYS_FOR = timedelta(minutes=15)

_SILENT = frozenset(("unreachable", "timeout", "unavailable", "silent"))
_REFUSED = frozenset(("refused", "too_many_sessions", "unknown_tenant"))


def current(progress: Progress | None, customer_id: UUID, *, at: datetime, shows_users: bool) -> Sync | None:
    """The latest synchronisation as the customer's page shows it; ``None`` if it ended a while ago."""
    if progress is None:
        return None
    if progress.finished_at is not None and at - progress.finished_at > STAYS_FOR:
        return None
    return compose(progress, customer_id, shows_users=shows_users)


def compose(progress: Progress, customer_id: UUID, *, shows_users: bool) -> Sync:
    """A synchronisation with its sites."""
    running = progress.state == "running"
    users_url = reverse("users", args=[customer_id]) if shows_users else ""
    sites, first = [], True
    for reading in progress.readings:
        # Sites are read one after another: the first that still waits is being asked.
        asked = running and first and reading.state == "waiting"
        first = first and reading.state in ("done", "failed")
        sites.append(_site(reading, asked=asked, users_url=users_url))
    poll_url = reverse("synchronization", args=[customer_id, progress.id])
    return Sync(running=running, sites=sites, poll_url=poll_url, finished_at=progress.finished_at)


def _site(reading: Reading, *, asked: bool, users_url: str) -> SyncSite:
    differences = reading.differences.counts()
    site_users = f"{users_url}?site={reading.site_id}" if users_url else ""
    return SyncSite(
        name=reading.site_name,
        state="running" if asked else _state(reading),
        stack=reading.stack_name,
        used=sum(reading.counts.values()),
        unknown_users=differences["unknown"],
        vanished_users=differences["vanished"],
        other_type=differences["other_type"],
        other_email=differences["other_email"],
        other_name=differences["other_name"],
        other_enabled=differences["other_enabled"],
        absent_users=differences["absent"],
        unmapped=sum(type_.count for type_ in reading.unmapped),
        users_url=site_users,
        at=reading.synchronized_at if reading.state == "done" else None,
        kept_from=reading.synchronized_at if reading.state == "failed" else None,
        silent_since=reading.silent_since,
        reason=reason(reading.error_code, reading.stack_name) if reading.error_code else "",
    )


def _state(reading: Reading) -> SyncState:
    states: dict[str, SyncState] = {"waiting": "waiting", "counted": "counts", "done": "done"}
    if reading.state in states:
        return states[reading.state]
    if reading.error_code in _SILENT:
        return "silent"
    return "refused" if reading.error_code in _REFUSED else "failed"


def reason(code: str, stack: str) -> str:
    """Why a stack was not read, in a sentence."""
    reasons = {
        "unreachable": _("%(stack)s cannot be reached."),
        "timeout": _("%(stack)s did not answer in time."),
        "silent": _("%(stack)s does not answer; it is asked again in a few minutes."),
        "out_of_time": _("There was no time left to ask %(stack)s: synchronise again."),
        "tls": _("The connection to %(stack)s is not trustworthy: check its certificate."),
        "refused": _("%(stack)s refuses our access. Check the service account; the other sites are read."),
        "too_many_sessions": _("%(stack)s gives no further session for now."),
        "unavailable": _("%(stack)s says that it cannot answer for the moment."),
        "nonsense": _("%(stack)s answered something that could not be understood."),
        "unknown_tenant": _("%(stack)s does not know this tenant, or does not show it to us."),
        "invalid": _("The address of %(stack)s cannot be used: correct it."),
        "network_not_allowed": _("The provider does not allow stacks in the network of %(stack)s."),
        "in_the_clear": _("The address of %(stack)s must begin with https://: the password would pass in the clear."),
        "password_unreadable": _("Our password for %(stack)s can no longer be read: enter it again."),
        "internal": _("%(stack)s could not be read because of a fault in the portal; its log says more."),
    }
    return reasons.get(code, _("%(stack)s could not be read.")) % {"stack": stack}
