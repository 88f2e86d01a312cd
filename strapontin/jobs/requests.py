"""Operations that end in a job: the row and the job are written by the same transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from strapontin.access import administrators
from strapontin.access.actors import system
from strapontin.access.administrators import NewAdministrator, create_administrator
from strapontin.access.grants import AdministratorManager, CustomerSeen, ProviderGrant
from strapontin.access.scope import acting
from strapontin.billing.runs import request_run
from strapontin.kit.jobs import defer
from strapontin.organisation.settings import Settings
from strapontin.stacks.sync import request_synchronization


def bill(grant: ProviderGrant, *, day: date, preview: bool, settings: Settings, at: datetime) -> UUID:
    """Requests the billing run of ``day`` and has the worker execute it; answers its id."""
    run_id = request_run(grant, date=day, preview=preview, settings=settings, at=at)
    defer("bill", run_id=str(run_id))
    return run_id


def synchronize(seen: CustomerSeen, *, at: datetime, site_id: UUID | None = None, attempt: int = 0) -> UUID:
    """Requests a synchronisation, or joins the running one; answers its id.

    ``attempt`` counts those that were repeated since a stack is silent.
    """
    sync_id, new = request_synchronization(seen, at=at, site_id=site_id)
    if new:
        defer("synchronize", customer_id=str(seen.customer.id), synchronization_id=str(sync_id), attempt=attempt)
    return sync_id


def invite(grant: AdministratorManager, *, new: NewAdministrator, at: datetime) -> UUID:
    """Creates an administrator and has the invitation sent; answers the id."""
    administrator_id = create_administrator(grant, new=new, at=at)
    defer("invite", administrator_id=str(administrator_id))
    return administrator_id


def change_administrator(
    grant: AdministratorManager, *, administrator_id: UUID, changes: Mapping[str, Any], at: datetime
) -> None:
    """Changes an administrator. If ``email`` is among the changes, an invitation is sent there, also a second time."""
    administrators.change_administrator(grant, administrator_id=administrator_id, changes=changes, at=at)
    if "email" in changes:
        defer("invite", administrator_id=str(administrator_id))


def reset_password(*, email: str) -> None:
    """Has a link to choose another password sent to whoever signs in with ``email``.

    It does the same for any address, so its time does not tell whether somebody does.
    """
    with acting(system("screen")):
        defer("reset_password", email=email)
