-- Deletes some of the requests that were answered or withdrawn before a moment. The journal keeps who did so.
DELETE FROM seat_request WHERE (customer_id, id) IN (
    SELECT r.customer_id, r.id FROM seat_request r
     WHERE r.state <> 'open' AND r.decided_at < %(before)s::timestamptz
     LIMIT %(limit)s
       FOR UPDATE OF r SKIP LOCKED)
