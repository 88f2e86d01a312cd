"""Creating and renaming the sites of a customer (SPEC 3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from strapontin.access.grants import CustomerEditor
from strapontin.customers.queries import site
from strapontin.journal.operations import record_below
from strapontin.kit.changes import different, update, values
from strapontin.kit.database import run
from strapontin.kit.ids import new_id
from strapontin.kit.text import is_visible, tidy, tidy_lines
from strapontin.refusals import Refusal, expect_version, invalid, told_by_constraints

_INSERT_SITE = """
INSERT INTO site (customer_id, id, name, address, created_at, version) VALUES (%s, %s, %s, %s, %s, 1)
ON CONFLICT DO NOTHING
"""


def create_site(grant: CustomerEditor, *, name: str, address: str = "", at: datetime) -> UUID:
    """Adds a site to the customer and answers its id; ``already_exists`` for a name it has already."""
    site_id, name, address = new_id(), _name(name), tidy_lines(address)
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
    before = site(grant, site_id, lock=True)
    expect_version(expected_version, before.version)
    forms = {"name": _name, "address": tidy_lines}
    after = different({field: form(changes[field]) for field, form in forms.items() if field in changes}, before)
    if not after:
        return
    with told_by_constraints(explanation=after.get("name")), transaction.atomic():
        update("site", {"customer_id": grant.customer.id, "id": site_id}, after)
    before_change = values(after, before)
    record_below(grant, action="site.change", at=at, object_id=site_id, before=before_change, after=after)


def _name(text: str) -> str:
    name = tidy(text)
    if not is_visible(name):
        raise invalid(_("This cannot be empty."), field="name")
    return name
