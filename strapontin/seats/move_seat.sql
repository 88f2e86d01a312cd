-- A user takes a seat on another site, of another type, or both, and leaves the former one: a release and a claim in
-- one statement. No row comes back if no seat is free there; the caller then takes the statement back.
WITH away AS (
    UPDATE balance SET used = used - 1, version = version + 1
     WHERE customer_id = %(customer)s AND site_id = %(from_site)s AND type_code = %(from_type)s
    RETURNING site_id, type_code, used AS used_after, -1 AS used,
              free_seats(allocated, next_cycle, used) - free_seats(allocated, next_cycle, used + 1) AS remaining,
              over_seats(allocated, used) - over_seats(allocated, used + 1) AS over,
              full_site(allocated, next_cycle, used) - full_site(allocated, next_cycle, used + 1) AS full_sites
), here AS (
    UPDATE balance SET used = used + 1, version = version + 1
     WHERE customer_id = %(customer)s AND site_id = %(to_site)s AND type_code = %(to_type)s
       AND (free_seats(allocated, next_cycle, used) > 0 OR NOT %(enforced)s)
    RETURNING site_id, type_code, used AS used_after, 1 AS used,
              free_seats(allocated, next_cycle, used) - free_seats(allocated, next_cycle, used - 1) AS remaining,
              over_seats(allocated, used) - over_seats(allocated, used - 1) AS over,
              full_site(allocated, next_cycle, used) - full_site(allocated, next_cycle, used - 1) AS full_sites
), seat AS (
    SELECT %(away_event)s::uuid AS event_id, away.* FROM away
     UNION ALL
    SELECT %(here_event)s::uuid, here.* FROM here
), events AS (
    INSERT INTO seat_event (customer_id, id, site_id, type_code, user_id, kind, effective_on, recorded_at, delta,
                            used_after, actor_kind, actor_id, door)
    SELECT %(customer)s, event_id, site_id, type_code, %(user)s, 'retyped', %(today)s, %(at)s, used, used_after,
           %(actor_kind)s, %(actor_id)s, %(door)s
      FROM seat
), totals AS (
    UPDATE customer_total t
       SET used = t.used + change.used, remaining = t.remaining + change.remaining, over = t.over + change.over,
           full_sites = t.full_sites + change.full_sites
      FROM (SELECT type_code, sum(used) AS used, sum(remaining) AS remaining, sum(over) AS over,
                   sum(full_sites) AS full_sites
              FROM seat GROUP BY type_code) AS change
     WHERE t.customer_id = %(customer)s AND t.type_code = change.type_code
)
SELECT 1 FROM here
