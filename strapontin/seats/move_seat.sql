-- A user takes a seat on another site, of another type, or both, and leaves the former one: a release and a claim in
-- one statement. No row comes back if no seat is free there; the caller then takes the statement back.
WITH away AS (
    UPDATE balance SET used = used - 1, version = version + 1
     WHERE customer_id = %(customer)s AND site_id = %(from_site)s AND type_code = %(from_type)s
    RETURNING allocated, next_cycle, used
), away_event AS (
    INSERT INTO seat_event (customer_id, id, site_id, type_code, user_id, kind, effective_on, recorded_at, delta,
                            used_after, actor_kind, actor_id, door)
    SELECT %(customer)s, %(away_event)s, %(from_site)s, %(from_type)s, %(user)s, %(kind)s, %(today)s, %(at)s, -1, used,
           %(actor_kind)s, %(actor_id)s, %(door)s FROM away
), here AS (
    UPDATE balance SET used = used + 1, version = version + 1
     WHERE customer_id = %(customer)s AND site_id = %(to_site)s AND type_code = %(to_type)s
       AND (least(allocated, next_cycle) > used OR NOT %(enforced)s)
    RETURNING allocated, next_cycle, used
), here_event AS (
    INSERT INTO seat_event (customer_id, id, site_id, type_code, user_id, kind, effective_on, recorded_at, delta,
                            used_after, actor_kind, actor_id, door)
    SELECT %(customer)s, %(here_event)s, %(to_site)s, %(to_type)s, %(user)s, %(kind)s, %(today)s, %(at)s, 1, used,
           %(actor_kind)s, %(actor_id)s, %(door)s FROM here
), away_total AS (
    UPDATE customer_total t
       SET used = t.used - 1 + here_by.used,
           remaining = t.remaining + CASE WHEN least(away.allocated, away.next_cycle) > away.used THEN 1 ELSE 0 END
                       - here_by.remaining,
           over = t.over - CASE WHEN away.used >= away.allocated THEN 1 ELSE 0 END + here_by.over
      FROM away, (SELECT CASE WHEN %(to_type)s = %(from_type)s THEN 1 ELSE 0 END AS used,
                         CASE WHEN %(to_type)s = %(from_type)s AND least(allocated, next_cycle) >= used
                              THEN 1 ELSE 0 END AS remaining,
                         CASE WHEN %(to_type)s = %(from_type)s AND used > allocated THEN 1 ELSE 0 END AS over
                    FROM here) AS here_by
     WHERE t.customer_id = %(customer)s AND t.type_code = %(from_type)s
), here_total AS (
    UPDATE customer_total t
       SET used = t.used + 1,
           remaining = t.remaining - CASE WHEN least(here.allocated, here.next_cycle) >= here.used THEN 1 ELSE 0 END,
           over = t.over + CASE WHEN here.used > here.allocated THEN 1 ELSE 0 END
      FROM here
     WHERE t.customer_id = %(customer)s AND t.type_code = %(to_type)s AND %(to_type)s <> %(from_type)s
)
SELECT 1 AS moved FROM here
