"""Removing customers and sites that were made by mistake, and putting sites into the archive (SPEC 3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from strapontin.access.grants import CustomerEditor, TermEditor
from strapontin.access.scope import as_billing
from strapontin.allocations.openings import hold_customer
from strapontin.customers.queries import site
from strapontin.journal.operations import record_below
from strapontin.kit.database import run, statement
from strapontin.refusals import Refusal

_REMOVE_CUSTOMER = statement(__file__, "remove_customer.sql")
_REMOVE_SITE = statement(__file__, "remove_site.sql")
_ARCHIVE_SITE = """
UPDATE site s SET archived_at = %(at)s, version = version + 1
 WHERE s.customer_id = %(customer)s AND s.id = %(site)s
   AND NOT EXISTS (SELECT 1 FROM balance b WHERE b.customer_id = s.customer_id AND b.site_id = s.id
                      AND (b.allocated > 0 OR b.used > 0))
"""
_UNARCHIVE_SITE = """
UPDATE site SET archived_at = NULL, version = version + 1 WHERE customer_id = %(customer)s AND id = %(site)s
"""


def remove_customer(grant: TermEditor, *, at: datetime) -> None:
    """Removes a customer that was made by mistake, with its sites. Raises ``not_empty`` for any other."""
    hold_customer(grant.customer.id)
    _remove(_REMOVE_CUSTOMER, {"customer": grant.customer.id})
    record_below(
        grant, action="customer.remove", at=at, object_id=grant.customer.id, before={"name": grant.customer.name}
    )


def remove_site(grant: CustomerEditor, *, site_id: UUID, at: datetime) -> None:
    """Removes a site that was made by mistake. Raises ``not_found``, and ``not_empty`` for any other."""
    hold_customer(grant.customer.id)
    before = site(grant, site_id, lock=True)
    _remove(_REMOVE_SITE, {"customer": grant.customer.id, "site": site_id})
    record_below(grant, action="site.remove", at=at, object_id=site_id, before={"name": before.name})


def archive_site(grant: CustomerEditor, *, site_id: UUID, archived: bool, at: datetime) -> None:
    """Leaves a site without seats and users out of the lists, or takes it back into them.

    A site that gets seats or users later is shown again as long as it has some. Raises ``not_found``, and
    ``site_in_use`` for one that has seats or users.
    """
    hold_customer(grant.customer.id)
    before = site(grant, site_id, lock=True)
    if (before.archived_at is not None) == archived:
        return
    sql = _ARCHIVE_SITE if archived else _UNARCHIVE_SITE
    if not run(sql, {"customer": grant.customer.id, "site": site_id, "at": at}):
        raise Refusal("site_in_use")
    action = "site.archive" if archived else "site.unarchive"
    record_below(grant, action=action, at=at, object_id=site_id)


def _remove(sql: str, of: Mapping[str, Any]) -> None:
    try:
        with transaction.atomic(), as_billing():
            removed = run(sql, of)
    except IntegrityError as error:
        # Something came in between, or something else points there.
        raise Refusal("not_empty") from error
    if not removed:
        raise Refusal("not_empty")
