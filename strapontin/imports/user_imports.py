"""Asking for an import of users, correcting its columns, confirming it (SPEC 5). A job does the work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from strapontin.access.grants import UserManager
from strapontin.imports.columns import FIELDS, head_key
from strapontin.imports.outlook import look_ahead
from strapontin.imports.queries import ImportFacts, user_import
from strapontin.imports.spreadsheets import SentFile, digest_of, recognise, write_csv
from strapontin.kit.database import exists, run
from strapontin.kit.ids import new_id
from strapontin.kit.jobs import defer
from strapontin.kit.rows import json_of
from strapontin.kit.text import legible
from strapontin.organisation.settings import Settings
from strapontin.refusals import Refusal, invalid, not_found

_INSERT = """
INSERT INTO user_import (customer_id, id, state, preview, confirmed, allocate_missing, expected_digest, actor_kind,
                         actor_id, door, kind, file_name, file, file_digest, heads, fields, rows, rows_done, created,
                         places, errors, error_count, refusal, refusal_facts, created_at, beat_at)
VALUES (%(customer)s, %(id)s, 'queued', %(preview)s, NOT %(preview)s, %(allocate_missing)s, %(digest)s, %(actor_kind)s,
        %(actor_id)s, %(door)s, %(kind)s, %(file_name)s, %(file)s, %(file_digest)s, '[]', %(fields)s::jsonb, 0, 0, 0,
        '[]', '[]', 0, '', '{}', %(at)s, clock_timestamp())
"""
_LOCK = "SELECT 1 FROM user_import WHERE customer_id = %s AND id = %s FOR NO KEY UPDATE"
# Only what waits can be changed: the statement says so itself.
_CONFIRM = """
UPDATE user_import
   SET state = 'queued', confirmed = true, allocate_missing = %(allocate_missing)s, expected_digest = %(digest)s,
       actor_kind = %(actor_kind)s, actor_id = %(actor_id)s, door = %(door)s, rows_done = 0, refusal = '',
       refusal_facts = '{}', beat_at = clock_timestamp()
 WHERE customer_id = %(customer)s AND id = %(id)s AND state = 'ready'
"""
_CHOOSE = """
UPDATE user_import
   SET state = 'queued', confirmed = false, fields = %(fields)s::jsonb, rows_done = 0, refusal = '',
       refusal_facts = '{}', beat_at = clock_timestamp()
 WHERE customer_id = %(customer)s AND id = %(id)s AND state = 'ready'
"""
_REMEMBER = """
INSERT INTO import_column (customer_id, head, field)
SELECT %(customer)s, head, field FROM unnest(%(heads)s::text[], %(fields)s::text[]) AS c (head, field)
    ON CONFLICT (customer_id, head) DO UPDATE SET field = excluded.field
"""
_LONGEST_NAME = 200


def file_of_users(users: Sequence[Mapping[str, str]]) -> SentFile:
    """Users in the body of a request, as the file that they are kept as."""
    return SentFile(write_csv(FIELDS, [[user.get(field, "") for field in FIELDS] for user in users]), kind="json")


def request_import(
    grant: UserManager,
    *,
    file: SentFile,
    preview: bool,
    at: datetime,
    allocate_missing: bool = False,
    digest: str = "",
) -> UUID:
    """Keeps a file and has it checked by a job; answers the import's id.

    With ``preview``, it then waits to be confirmed. Otherwise the job imports all users or, if anything is wrong, none.
    With a ``digest``, only if that does exactly what was shown. Raises ``file_empty``, ``file_unreadable``,
    ``file_unpacks_too_large``; ``role_missing`` if seats should be allocated without Subscription management.
    """
    if allocate_missing and not preview:
        grant.allocation_manager()
    import_id = new_id()
    values = {
        "preview": preview,
        "allocate_missing": allocate_missing,
        "digest": digest,
        "kind": file.kind or recognise(file.data),
        "file_name": legible(file.name)[:_LONGEST_NAME],
        "file": file.data,
        "file_digest": digest_of(file.data),
        "fields": json_of(FIELDS if file.kind == "json" else []),
        "at": at,
    }
    run(_INSERT, values | _named(grant, import_id) | _actor(grant))
    _begin(grant, import_id)
    return import_id


def choose_columns(grant: UserManager, *, import_id: UUID, fields: Sequence[str]) -> None:
    """Says what each column of a file is for, remembers it for this customer, and has the file checked anew.

    Raises ``not_found``, ``import_not_ready``, and ``invalid`` for something that is no field, or one chosen twice.
    """
    facts = _lock(grant, import_id)
    chosen = [field for field in fields if field]
    if len(fields) != len(facts.heads) or len(set(chosen)) < len(chosen) or not set(chosen) <= set(FIELDS):
        raise invalid(_("Each column is for one thing, and each thing has one column."), field="fields")
    values = {"fields": json_of(list(fields))}
    if not run(_CHOOSE, values | _named(grant, import_id)):
        raise Refusal("import_not_ready")
    remembered = {head_key(head): field for head, field in zip(facts.heads, fields, strict=True) if head_key(head)}
    columns = {"heads": list(remembered), "fields": list(remembered.values())}
    run(_REMEMBER, {"customer": grant.customer.id, **columns})
    _begin(grant, import_id)


def confirm_import(
    grant: UserManager,
    *,
    import_id: UUID,
    settings: Settings,
    at: datetime,
    allocate_missing: bool = False,
    digest: str | None = None,
) -> None:
    """Has a checked import carried out by a job: all of its users, with the seats that are missing, or none.

    With a ``digest``, only if that does exactly what was shown: ``preview_outdated`` has the ``fresh`` outlook. The job
    compares once more. Raises ``not_found``, ``import_not_ready``, ``import_has_errors``, ``no_free_seat``, and
    ``role_missing`` if seats should be allocated without Subscription management.
    """
    facts = _lock(grant, import_id)
    if facts.state != "ready":
        raise Refusal("import_not_ready")
    if facts.error_count:
        raise Refusal("import_has_errors")
    outlook = look_ahead(grant, facts, settings=settings, at=at)
    if digest is not None:
        outlook.expect(digest)
    outlook.expect_seats(grant, allocate_missing=allocate_missing)
    values = {"allocate_missing": allocate_missing, "digest": digest or ""}
    run(_CONFIRM, values | _named(grant, import_id) | _actor(grant))
    _begin(grant, import_id)


def _lock(grant: UserManager, import_id: UUID) -> ImportFacts:
    if not exists(_LOCK, [grant.customer.id, import_id]):
        raise not_found()
    return user_import(grant, import_id=import_id)


def _begin(grant: UserManager, import_id: UUID) -> None:
    defer("import_users", customer_id=str(grant.customer.id), import_id=str(import_id))


def _named(grant: UserManager, import_id: UUID) -> dict[str, object]:
    return {"customer": grant.customer.id, "id": import_id}


def _actor(grant: UserManager) -> dict[str, object]:
    actor = grant.actor
    return {"actor_kind": actor.kind, "actor_id": actor.id, "door": actor.door}
