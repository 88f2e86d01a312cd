"""Asking for quantities of many customers at once, and confirming them. A job does the work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.utils.crypto import constant_time_compare

from strapontin.access.grants import OverviewReader
from strapontin.imports.bulk_queries import bulk_allocation
from strapontin.imports.spreadsheets import SentFile, recognise, write_csv
from strapontin.kit.database import exists, run
from strapontin.kit.ids import new_id
from strapontin.kit.jobs import defer
from strapontin.kit.text import legible
from strapontin.refusals import Refusal, not_found

JSON_FIELDS = ("customer", "site", "type", "quantity")

_INSERT = """
INSERT INTO bulk_allocation (id, state, preview, confirmed, digest, partner_id, customer_id, actor_kind, actor_id, door,
                             kind, file_name, file, rows, unchanged, total, done, effects, errors, error_count, refusal,
                             refusal_facts, created_at, beat_at)
VALUES (%(id)s, 'queued', %(preview)s, NOT %(preview)s, %(digest)s, %(partner)s, %(customer)s, %(actor_kind)s,
        %(actor_id)s, %(door)s, %(kind)s, %(file_name)s, %(file)s, 0, 0, 0, 0, '[]', '[]', 0, '',
        '{}', %(at)s, clock_timestamp())
"""
_LOCK = "SELECT 1 FROM bulk_allocation WHERE id = %s FOR NO KEY UPDATE"
# Only what waits can be confirmed: the statement says so itself.
_CONFIRM = """
UPDATE bulk_allocation
   SET state = 'queued', confirmed = true, actor_kind = %(actor_kind)s, actor_id = %(actor_id)s,
       door = %(door)s, done = 0, refusal = '', refusal_facts = '{}', beat_at = clock_timestamp()
 WHERE id = %(id)s AND state = 'ready' AND error_count = 0 AND total > 0
"""
_LONGEST_NAME = 200


def file_of_changes(changes: Sequence[Mapping[str, object]]) -> SentFile:
    """Quantities in the body of a request, as the file that they are kept as."""
    rows = [[str(change.get(field, "")) for field in JSON_FIELDS] for change in changes]
    return SentFile(write_csv(JSON_FIELDS, rows), kind="json")


def request_bulk_allocation(
    grant: OverviewReader, *, file: SentFile, preview: bool, at: datetime, digest: str = ""
) -> UUID:
    """Keeps a table of wanted quantities and has it checked by a job; answers the id of the bulk change.

    With ``preview``, it then waits to be confirmed. Otherwise the job makes all changes or, if anything is wrong, none.
    With a ``digest``, only if that does exactly what was shown. Raises ``file_empty``, ``file_unreadable`` and
    ``file_unpacks_too_large``.
    """
    bulk_id = new_id()
    values = {
        "id": bulk_id,
        "preview": preview,
        "digest": "" if preview else digest,
        "partner": grant.actor.partner_id,
        "customer": grant.actor.customer_id,
        "kind": file.kind or recognise(file.data),
        "file_name": legible(file.name)[:_LONGEST_NAME],
        "file": file.data,
        "at": at,
    }
    run(_INSERT, values | _actor(grant))
    _begin(bulk_id)
    return bulk_id


def confirm_bulk_allocation(grant: OverviewReader, *, bulk_id: UUID, digest: str | None = None) -> None:
    """Has a checked bulk change made by a job: exactly what was shown, for all customers, or nothing.

    The job compares once more: if the figures have changed, the bulk change waits again, with its effect of that
    moment. Raises ``not_found``, ``bulk_not_ready``, ``bulk_has_errors``, and ``preview_outdated`` for a ``digest``
    that stands for something else than what waits.
    """
    if not exists(_LOCK, [bulk_id]):
        raise not_found()
    facts = bulk_allocation(grant, bulk_id=bulk_id)
    if facts.state == "ready" and facts.error_count:
        raise Refusal("bulk_has_errors")
    if facts.can_be_confirmed and digest is not None and not constant_time_compare(digest, facts.digest):
        raise Refusal("preview_outdated")
    if not run(_CONFIRM, {"id": bulk_id} | _actor(grant)):
        raise Refusal("bulk_not_ready")
    _begin(bulk_id)


def _begin(bulk_id: UUID) -> None:
    defer("allocate_in_bulk", bulk_id=str(bulk_id))


def _actor(grant: OverviewReader) -> dict[str, object]:
    actor = grant.actor
    return {"actor_kind": actor.kind, "actor_id": actor.id, "door": actor.door}
