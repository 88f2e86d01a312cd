-- An open request leaves its state once. No row comes back if somebody has decided before.
UPDATE seat_request
   SET state = %(state)s, reason = %(reason)s, content = '', decided_kind = %(actor_kind)s,
       decided_by_id = %(actor_id)s, decided_at = %(at)s, version = version + 1
 WHERE customer_id = %(customer)s AND id = %(request)s AND state = 'open'
RETURNING users, allocations, asked_by_id
