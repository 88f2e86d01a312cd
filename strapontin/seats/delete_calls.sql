-- Deletes some of the calls that ended before a moment. The latest call of a user stays: it says how the user stands on
-- the stack, unless the user was deleted there. What a stack refused stays until somebody has taken note of it.
DELETE FROM stack_call WHERE (customer_id, id) IN (
    SELECT c.customer_id, c.id FROM stack_call c
     WHERE c.state IN ('done', 'dismissed') AND c.done_at < %(before)s::timestamptz
       AND (c.kind = 'delete' OR EXISTS (
            SELECT 1 FROM stack_call n WHERE n.customer_id = c.customer_id AND n.user_id = c.user_id AND n.id > c.id))
     LIMIT %(limit)s
       FOR UPDATE OF c SKIP LOCKED)
