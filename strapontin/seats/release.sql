-- A user leaves its seat, and the balance goes down by one. The user's row stays: it tells who was there.
WITH gone AS (
    UPDATE seat_user u SET state = %(state)s, released_at = %(at)s, version = u.version + 1
     WHERE u.customer_id = %(customer)s AND u.id = %(user)s AND u.state = 'active'
    RETURNING u.site_id, u.type_code
), seat AS (
    UPDATE balance b SET used = b.used - 1, version = b.version + 1
      FROM gone
     WHERE b.customer_id = %(customer)s AND (b.site_id, b.type_code) = (gone.site_id, gone.type_code)
    RETURNING b.site_id, b.type_code, b.used AS used_after,
              free_seats(b.allocated, b.next_cycle, b.used) - free_seats(b.allocated, b.next_cycle, b.used + 1)
                AS remaining,
              over_seats(b.allocated, b.used) - over_seats(b.allocated, b.used + 1) AS over,
              full_site(b.allocated, b.next_cycle, b.used) - full_site(b.allocated, b.next_cycle, b.used + 1)
                AS full_sites
), event AS (
    INSERT INTO seat_event (customer_id, id, site_id, type_code, user_id, kind, effective_on, recorded_at, delta,
                            used_after, actor_kind, actor_id, door)
    SELECT %(customer)s, %(event)s, site_id, type_code, %(user)s, 'release', %(today)s, %(at)s, -1, used_after,
           %(actor_kind)s, %(actor_id)s, %(door)s
      FROM seat
), total AS (
    UPDATE customer_total t
       SET used = t.used - 1, remaining = t.remaining + seat.remaining, over = t.over + seat.over,
           full_sites = t.full_sites + seat.full_sites
      FROM seat
     WHERE t.customer_id = %(customer)s AND t.type_code = seat.type_code
)
INSERT INTO journal_entry (customer_id, id, partner_path, at, actor_kind, actor_id, door, action, object_kind,
                           object_id, before, after)
SELECT %(customer)s, %(journal)s, %(path)s::uuid[], %(at)s, %(actor_kind)s, %(actor_id)s, %(door)s, 'user.remove', 'user',
       %(user)s, jsonb_build_object('site', site_id, 'type', type_code), '{}'::jsonb
  FROM seat
RETURNING 1
