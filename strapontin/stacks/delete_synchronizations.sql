-- Deletes some of the synchronisations that ended before a moment, with what they read. The latest of a customer stays.
-- "unchanged": only those that the night asked for and that found nothing to tell.
WITH old AS (
    SELECT s.customer_id, s.id FROM synchronization s
     WHERE s.state <> 'running' AND s.finished_at < %(before)s::timestamptz
       AND EXISTS (SELECT 1 FROM synchronization n WHERE n.customer_id = s.customer_id AND n.id > s.id)
       AND (NOT %(unchanged)s OR s.actor_kind = 'system' AND s.state = 'done' AND NOT EXISTS (
            SELECT 1 FROM tenant_reading r, jsonb_each(r.differences) d
             WHERE r.customer_id = s.customer_id AND r.synchronization_id = s.id AND d.value <> '[]'::jsonb))
     LIMIT %(limit)s
       FOR UPDATE OF s SKIP LOCKED
), readings AS (
    DELETE FROM tenant_reading r USING old WHERE r.customer_id = old.customer_id AND r.synchronization_id = old.id
)
DELETE FROM synchronization s USING old WHERE s.customer_id = old.customer_id AND s.id = old.id
