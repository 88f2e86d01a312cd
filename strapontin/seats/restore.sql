-- A user who was removed here, and whom the stack did not delete, takes its seat again, even above the allocation. The
-- stack has the e-mail: it may be another user's meanwhile.
WITH back AS (
    UPDATE seat_user u SET state = 'active', released_at = NULL, claimed_at = %(at)s, email_from_stack = true,
                           version = u.version + 1
     WHERE u.customer_id = %(customer)s AND u.id = %(user)s AND u.state = 'gone'
    RETURNING u.site_id, u.type_code
), seat AS (
    UPDATE balance b SET used = b.used + 1, version = b.version + 1
      FROM back
     WHERE b.customer_id = %(customer)s AND (b.site_id, b.type_code) = (back.site_id, back.type_code)
    RETURNING b.site_id, b.type_code, b.used AS used_after,
              free_seats(b.allocated, b.next_cycle, b.used) - free_seats(b.allocated, b.next_cycle, b.used - 1)
                AS remaining,
              over_seats(b.allocated, b.used) - over_seats(b.allocated, b.used - 1) AS over,
              full_site(b.allocated, b.next_cycle, b.used) - full_site(b.allocated, b.next_cycle, b.used - 1)
                AS full_sites
), event AS (
    INSERT INTO seat_event (customer_id, id, site_id, type_code, user_id, kind, effective_on, recorded_at, delta,
                            used_after, actor_kind, actor_id, door)
    SELECT %(customer)s, %(event)s, site_id, type_code, %(user)s, 'found', %(today)s, %(at)s, 1, used_after,
           %(actor_kind)s, %(actor_id)s, %(door)s
      FROM seat
), total AS (
    UPDATE customer_total t
       SET used = t.used + 1, remaining = t.remaining + seat.remaining, over = t.over + seat.over,
           full_sites = t.full_sites + seat.full_sites
      FROM seat
     WHERE t.customer_id = %(customer)s AND t.type_code = seat.type_code
)
INSERT INTO journal_entry (customer_id, id, partner_path, at, actor_kind, actor_id, door, action, object_kind,
                           object_id, before, after)
SELECT %(customer)s, %(journal)s, %(path)s::uuid[], %(at)s, %(actor_kind)s, %(actor_id)s, %(door)s, 'user.stay', 'user',
       %(user)s, '{}'::jsonb, jsonb_build_object('site', site_id, 'type', type_code)
  FROM seat
RETURNING 1
