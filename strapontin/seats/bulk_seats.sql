-- Many users leave their seats at once. Each takes a seat elsewhere, or is gone if no place is named for it. Users,
-- customer and balances are locked before. The answer is false if no seat is free at one of the places: the caller then
-- takes the whole statement back.
WITH moving AS MATERIALIZED (
    SELECT w.*, u.site_id AS from_site, u.type_code AS from_type
      FROM unnest(%(users)s::uuid[], %(to_sites)s::uuid[], %(to_types)s::text[], %(away_events)s::uuid[],
                  %(here_events)s::uuid[], %(journals)s::uuid[])
           AS w (user_id, to_site, to_type, away_event, here_event, journal)
      JOIN seat_user u ON u.customer_id = %(customer)s AND u.id = w.user_id
), change AS MATERIALIZED (
    SELECT site_id, type_code, sum(by)::int AS by
      FROM (SELECT from_site AS site_id, from_type AS type_code, -1 AS by FROM moving
             UNION ALL
            SELECT to_site, to_type, 1 FROM moving WHERE to_site IS NOT NULL) AS one
     GROUP BY site_id, type_code
), seat AS (
    UPDATE balance b SET used = b.used + change.by, version = b.version + 1
      FROM change
     WHERE b.customer_id = %(customer)s AND b.site_id = change.site_id AND b.type_code = change.type_code
       AND (change.by <= 0 OR NOT %(enforced)s OR free_seats(b.allocated, b.next_cycle, b.used) >= change.by)
    RETURNING b.site_id, b.type_code, change.by, b.used - change.by AS used_before,
              free_seats(b.allocated, b.next_cycle, b.used)
                - free_seats(b.allocated, b.next_cycle, b.used - change.by) AS remaining,
              over_seats(b.allocated, b.used) - over_seats(b.allocated, b.used - change.by) AS over,
              full_site(b.allocated, b.next_cycle, b.used)
                - full_site(b.allocated, b.next_cycle, b.used - change.by) AS full_sites
), users AS (
    UPDATE seat_user u
       SET site_id = coalesce(m.to_site, u.site_id), type_code = coalesce(m.to_type, u.type_code),
           state = CASE WHEN m.to_site IS NULL THEN 'gone' ELSE u.state END,
           released_at = CASE WHEN m.to_site IS NULL THEN %(at)s::timestamptz END, version = u.version + 1
      FROM moving m
     WHERE u.customer_id = %(customer)s AND u.id = m.user_id
), event AS (
    SELECT away_event AS id, user_id, from_site AS site_id, from_type AS type_code, -1 AS delta,
           CASE WHEN to_site IS NULL THEN 'release' ELSE 'retyped' END AS kind,
           -row_number() OVER (PARTITION BY from_site, from_type ORDER BY user_id) AS so_far
      FROM moving
     UNION ALL
    SELECT here_event, user_id, to_site, to_type, 1, 'retyped',
           row_number() OVER (PARTITION BY to_site, to_type ORDER BY user_id)
      FROM moving WHERE to_site IS NOT NULL
), events AS (
    INSERT INTO seat_event (customer_id, id, site_id, type_code, user_id, kind, effective_on, recorded_at, delta,
                            used_after, actor_kind, actor_id, door)
    SELECT %(customer)s, e.id, e.site_id, e.type_code, e.user_id, e.kind, %(today)s, %(at)s, e.delta,
           s.used_before + e.so_far, %(actor_kind)s, %(actor_id)s, %(door)s
      FROM event e JOIN seat s ON (s.site_id, s.type_code) = (e.site_id, e.type_code)
), totals AS (
    UPDATE customer_total t
       SET used = t.used + summed.used, remaining = t.remaining + summed.remaining, over = t.over + summed.over,
           full_sites = t.full_sites + summed.full_sites
      FROM (SELECT type_code, sum(by) AS used, sum(remaining) AS remaining, sum(over) AS over,
                   sum(full_sites) AS full_sites
              FROM seat GROUP BY type_code) AS summed
     WHERE t.customer_id = %(customer)s AND t.type_code = summed.type_code
), journal AS (
    INSERT INTO journal_entry (customer_id, id, partner_path, at, actor_kind, actor_id, door, action, object_kind,
                               object_id, before, after)
    SELECT %(customer)s, journal, %(path)s::uuid[], %(at)s, %(actor_kind)s, %(actor_id)s, %(door)s,
           CASE WHEN to_site IS NULL THEN 'user.remove' ELSE 'user.change' END, 'user', user_id,
           jsonb_strip_nulls(jsonb_build_object('site', nullif(from_site, to_site), 'type', nullif(from_type, to_type))),
           jsonb_strip_nulls(jsonb_build_object('site', nullif(to_site, from_site), 'type', nullif(to_type, from_type)))
      FROM moving
)
SELECT (SELECT count(*) FROM seat) = (SELECT count(*) FROM change) AS whole
