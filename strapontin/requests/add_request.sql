-- A request. If the same one is open already, its note is renewed, and the answer is its id.
INSERT INTO seat_request AS r (customer_id, id, partner_path, state, users, allocations, note, content, asked_kind,
                               asked_by_id, asked_at, reminded_on, decided_kind, reason, created_ids, version)
VALUES (%(customer)s, %(request)s, %(path)s::uuid[], 'open', %(users)s::jsonb, %(allocations)s::jsonb, %(note)s,
        %(content)s, %(actor_kind)s, %(actor_id)s, %(at)s, %(today)s, '', '', '{}', 1)
ON CONFLICT (customer_id, asked_by_id, content) WHERE state = 'open' DO UPDATE
   SET note = CASE WHEN excluded.note = '' THEN r.note ELSE excluded.note END, version = r.version + 1
RETURNING r.id
