"""Files that nobody confirmed are deleted: they hold personal data."""

from __future__ import annotations

# A file waits so many days to be confirmed.
KEPT_DAYS = 7

# Ends some of the imports that were sent before a moment and have waited since.
FORGET_FILES = f"""
UPDATE user_import i
   SET state = 'failed', refusal = 'import_forgotten', refusal_facts = '{{"days": {KEPT_DAYS}}}', file = NULL,
       finished_at = %(before)s::timestamptz + interval '{KEPT_DAYS} days'
  FROM (SELECT customer_id, id FROM user_import
         WHERE state = 'ready' AND created_at < %(before)s::timestamptz LIMIT %(limit)s
           FOR UPDATE SKIP LOCKED) AS old
 WHERE i.customer_id = old.customer_id AND i.id = old.id AND i.state = 'ready'
"""  # noqa: S608  our own number
