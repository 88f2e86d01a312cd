"""The states of what a job reads from a file: one set of guarded statements for every table of that kind.

"queued": a job will check or do it; "running"; "ready": checked, waits to be confirmed; "done"; "failed": nothing was
done. A row is named by its key: ``id``, and ``customer_id`` if the table stands below a customer.
"""

from __future__ import annotations

from dataclasses import dataclass

# A job that gave no sign of life for so long was killed.
STALE = "beat_at < clock_timestamp() - interval '60 seconds'"
# A file waits so many days to be confirmed.
KEPT_DAYS = 7


@dataclass(frozen=True, slots=True)
class States:
    """The statements of a table. ``key`` is the condition that names a row, ``done`` its column of progress."""

    table: str
    key: str
    done: str

    def take(self, columns: str) -> str:
        """Makes the row "running" if no job is at it, and answers ``columns`` and the file."""
        return f"""
UPDATE {self.table} SET state = 'running', {self.done} = 0, beat_at = clock_timestamp()
 WHERE {self.key} AND (state = 'queued' OR state = 'running' AND {STALE}) RETURNING {columns}, file
"""  # noqa: S608  our own names

    @property
    def hold(self) -> str:
        """Locks the row if it still runs."""
        return f"SELECT 1 FROM {self.table} WHERE {self.key} AND state = 'running' FOR NO KEY UPDATE"  # noqa: S608

    def left(self, columns: str) -> str:
        """The rows whose job was killed, or lost."""
        return f"SELECT {columns} FROM {self.table} WHERE state IN ('queued', 'running') AND {STALE} ORDER BY id"  # noqa: S608

    @property
    def refuse(self) -> str:
        """Notes a refusal: the row fails or, if it may be confirmed ``again``, waits once more."""
        return f"""
UPDATE {self.table}
   SET state = CASE WHEN %(again)s THEN 'ready' ELSE 'failed' END, confirmed = false, refusal = %(code)s,
       refusal_facts = %(facts)s::jsonb, file = CASE WHEN %(again)s THEN file END,
       finished_at = CASE WHEN %(again)s THEN NULL ELSE %(at)s::timestamptz END
 WHERE {self.key} AND state IN ('queued', 'running')
"""  # noqa: S608  our own names

    @property
    def forget(self) -> str:
        """Ends some of the rows that were sent before a moment and have waited since."""
        return f"""
UPDATE {self.table} i
   SET state = 'failed', refusal = 'import_forgotten', refusal_facts = '{{"days": {KEPT_DAYS}}}', file = NULL,
       finished_at = %(before)s::timestamptz + interval '{KEPT_DAYS} days'
  FROM (SELECT id FROM {self.table}
         WHERE state = 'ready' AND created_at < %(before)s::timestamptz LIMIT %(limit)s
           FOR UPDATE SKIP LOCKED) AS old
 WHERE i.id = old.id AND i.state = 'ready'
"""  # noqa: S608  our own names and number


USER_IMPORTS = States("user_import", "customer_id = %(customer)s AND id = %(id)s", "rows_done")
BULK_ALLOCATIONS = States("bulk_allocation", "id = %(id)s", "done")
