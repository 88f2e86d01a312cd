-- A user leaves its seat: the row stays, for what was billed and who was there; the balance goes down by one.
WITH gone AS (
    UPDATE seat_user u SET state = 'gone', released_at = %(at)s, version = u.version + 1
     WHERE u.customer_id = %(customer)s AND u.id = %(user)s AND u.state = 'active'
    RETURNING u.site_id, u.type_code
), seat AS (
    UPDATE balance b SET used = b.used - 1, version = b.version + 1
      FROM gone
     WHERE b.customer_id = %(customer)s AND (b.site_id, b.type_code) = (gone.site_id, gone.type_code)
    RETURNING b.site_id, b.type_code, b.allocated, b.next_cycle, b.used
), event AS (
    INSERT INTO seat_event (customer_id, id, site_id, type_code, user_id, kind, effective_on, recorded_at, delta,
                            used_after, actor_kind, actor_id, door)
    SELECT %(customer)s, %(event)s, site_id, type_code, %(user)s, %(kind)s, %(today)s, %(at)s, -1, used,
           %(actor_kind)s, %(actor_id)s, %(door)s
      FROM seat
), total AS (
    UPDATE customer_total t
       SET used = t.used - 1,
           remaining = t.remaining + CASE WHEN least(seat.allocated, seat.next_cycle) > seat.used THEN 1 ELSE 0 END,
           over = t.over - CASE WHEN seat.used >= seat.allocated THEN 1 ELSE 0 END
      FROM seat
     WHERE t.customer_id = %(customer)s AND t.type_code = seat.type_code
)
INSERT INTO journal_entry (customer_id, id, partner_path, at, actor_kind, actor_id, door, action, object_kind,
                           object_id, before, after)
SELECT %(customer)s, %(journal)s, %(path)s::uuid[], %(at)s, %(actor_kind)s, %(actor_id)s, %(door)s, 'user.remove', 'user',
       %(user)s, jsonb_build_object('site', site_id, 'type', type_code), '{}'::jsonb
  FROM seat
RETURNING 1
