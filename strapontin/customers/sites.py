"""Sites of a customer: created, renamed, read (SPEC 3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from strapontin.access.grants import CustomerEditor
from strapontin.journal.operations import record_below
from strapontin.kit.changes import different, update
from strapontin.kit.database import row, run
from strapontin.kit.ids import new_id
from strapontin.refusals import Refusal, expect_version, not_found

_LOCK_SITE = "SELECT name, address, version FROM site WHERE customer_id = %s AND id = %s FOR UPDATE"
_INSERT_SITE = """
INSERT INTO site (customer_id, id, name, address, created_at, version) VALUES (%s, %s, %s, %s, %s, 1)
ON CONFLICT DO NOTHING
"""


def create_site(grant: CustomerEditor, *, name: str, address: str = "", at: datetime) -> UUID:
    """Adds a site to the customer and answers its id; ``already_exists`` for a name it has already."""
    site_id = new_id()
    if not run(_INSERT_SITE, [grant.customer.id, site_id, name, address, at]):
        raise Refusal("already_exists", explanation=name, field="name")
    record_below(grant, action="site.create", at=at, object_id=site_id, after={"name": name, "address": address})
    return site_id


def change_site(
    grant: CustomerEditor,
    *,
    site_id: UUID,
    changes: Mapping[str, str],
    expected_version: int | None = None,
    at: datetime,
) -> None:
    """Changes a site's name or address.

    Raises ``not_found``, ``changed_meanwhile``, and ``already_exists`` for another site's name.
    """
    before = row(_LOCK_SITE, [grant.customer.id, site_id])
    if before is None:
        raise not_found()
    expect_version(expected_version, before["version"])
    wanted = different({f: v for f, v in changes.items() if f in ("name", "address")}, before)
    if not wanted:
        return
    try:
        with transaction.atomic():
            update("site", {"customer_id": grant.customer.id, "id": site_id}, wanted)
    except IntegrityError as error:
        raise Refusal("already_exists", explanation=str(wanted.get("name", "")), field="name") from error
    before_change = {field: before[field] for field in wanted}
    record_below(grant, action="site.change", at=at, object_id=site_id, before=before_change, after=wanted)
