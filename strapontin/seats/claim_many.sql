-- As claim.sql, for all users of a list. The check and the claim are one statement: the guard is evaluated on each
-- balance under its row lock. A balance that has too few seats is left out, and its users with it: the caller counts
-- them.
WITH new_user AS MATERIALIZED (
{new_users}), places AS MATERIALIZED (
    SELECT site_id, type_code, count(*)::int AS seats FROM new_user GROUP BY site_id, type_code
), seat AS MATERIALIZED (
    UPDATE balance b SET used = b.used + p.seats, version = b.version + 1
      FROM places p, customer c
     WHERE b.customer_id = %(customer)s AND b.site_id = p.site_id AND b.type_code = p.type_code
       AND c.id = %(customer)s AND c.status = 'active' AND c.period_ends_on > %(today)s
       AND (free_seats(b.allocated, b.next_cycle, b.used) >= p.seats OR NOT %(enforced)s OR c.not_for_resale)
    RETURNING b.site_id, b.type_code, p.seats, b.used - p.seats AS used_before, c.partner_path,
              free_seats(b.allocated, b.next_cycle, b.used)
            - free_seats(b.allocated, b.next_cycle, b.used - p.seats) AS remaining,
              over_seats(b.allocated, b.used) - over_seats(b.allocated, b.used - p.seats) AS over,
              full_site(b.allocated, b.next_cycle, b.used)
            - full_site(b.allocated, b.next_cycle, b.used - p.seats) AS full_sites
), made AS (
    INSERT INTO seat_user (customer_id, id, site_id, type_code, first_name, last_name, email, extension, enabled,
                           state, origin, tenant_id, claimed_at, version)
    SELECT %(customer)s, n.id, n.site_id, n.type_code, n.first_name, n.last_name, n.email, n.extension, n.enabled,
           'active', 'portal', nullif(n.tenant, '')::uuid, %(at)s, 1
      FROM new_user n JOIN seat USING (site_id, type_code)
), event AS (
    INSERT INTO seat_event (customer_id, id, site_id, type_code, user_id, kind, effective_on, recorded_at, delta,
                            used_after, actor_kind, actor_id, door)
    SELECT %(customer)s, n.event_id, n.site_id, n.type_code, n.id, 'claim', %(today)s, %(at)s, 1,
           seat.used_before + n.nth, %(actor_kind)s, %(actor_id)s, %(door)s
      FROM new_user n JOIN seat USING (site_id, type_code)
), total AS (
    UPDATE customer_total t
       SET used = t.used + s.seats, remaining = t.remaining + s.remaining, over = t.over + s.over,
           full_sites = t.full_sites + s.full_sites
      FROM (SELECT type_code, sum(seats) AS seats, sum(remaining) AS remaining, sum(over) AS over,
                   sum(full_sites) AS full_sites
              FROM seat GROUP BY type_code) AS s
     WHERE t.customer_id = %(customer)s AND t.type_code = s.type_code
), journal AS (
    INSERT INTO journal_entry (customer_id, id, partner_path, at, actor_kind, actor_id, door, action, object_kind,
                               object_id, before, after)
    SELECT %(customer)s, n.journal_id, seat.partner_path, %(at)s, %(actor_kind)s, %(actor_id)s, %(door)s,
           'user.create', 'user', n.id, '{}'::jsonb,
           jsonb_build_object('site', n.site_id::text, 'type', n.type_code)
      FROM new_user n JOIN seat USING (site_id, type_code)
), call AS (
    INSERT INTO stack_call (customer_id, id, user_id, tenant_id, kind, state, attempts, error_code, email, former,
                            created_at, due_at)
    SELECT %(customer)s, n.call_id, n.id, n.tenant::uuid, 'create', 'waiting', 0, '', '', '{}'::jsonb, %(at)s, %(at)s
      FROM new_user n JOIN seat USING (site_id, type_code) WHERE n.tenant <> ''
)
SELECT coalesce(sum(seats), 0)::int AS created FROM seat
