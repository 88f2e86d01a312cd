-- Applies what a stack showed of one site's tenant: adds newcomers, changes users who were recognised, are gone or have
-- other values, adds an event for every seat taken or left and a journal row for every user whose values were taken over
-- (the journal keeps no name and no address), and keeps the balances and totals in step.
WITH newcomers AS (
    INSERT INTO seat_user (customer_id, id, site_id, type_code, first_name, last_name, email, extension, enabled,
                           state, origin, email_from_stack, tenant_id, stack_user_uuid, claimed_at, version)
    SELECT %(customer)s, id, %(site)s, type_code, first_name, last_name, email, extension, enabled,
           'active', 'stack', true, %(tenant)s, uuid, %(at)s, 1
      FROM jsonb_to_recordset(%(newcomers)s::jsonb)
        AS n (id uuid, type_code text, uuid uuid, first_name text, last_name text, email text, extension text,
              enabled bool)
), changed AS (
    UPDATE seat_user u
       SET stack_user_uuid = coalesce(c.uuid, u.stack_user_uuid),
           tenant_id = CASE WHEN c.uuid IS NULL THEN u.tenant_id ELSE %(tenant)s::uuid END,
           type_code = coalesce(c.type_code, u.type_code),
           first_name = coalesce(c.first_name, u.first_name),
           last_name = coalesce(c.last_name, u.last_name),
           email = coalesce(c.email, u.email),
           email_from_stack = u.email_from_stack OR c.email IS NOT NULL,
           enabled = coalesce(c.enabled, u.enabled),
           state = CASE WHEN c.gone THEN 'gone' ELSE u.state END,
           released_at = CASE WHEN c.gone THEN %(at)s::timestamptz ELSE u.released_at END,
           version = u.version + 1
      FROM jsonb_to_recordset(%(changed)s::jsonb) AS c (id uuid, uuid uuid, type_code text, first_name text,
                                                              last_name text, email text, enabled bool, gone bool)
     WHERE u.customer_id = %(customer)s AND u.id = c.id
), journal AS (
    INSERT INTO journal_entry (customer_id, id, partner_path, at, actor_kind, actor_id, door, action, object_kind,
                               object_id, before, after)
    SELECT %(customer)s, id, %(path)s::uuid[], %(at)s, %(actor_kind)s, %(actor_id)s, %(door)s, 'user.change', 'user',
           user_id, before, after
      FROM jsonb_to_recordset(%(journal)s::jsonb) AS j (id uuid, user_id uuid, before jsonb, after jsonb)
), event AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(%(events)s::jsonb)
        AS e (id uuid, user_id uuid, type_code text, kind text, delta smallint, used_after int)
), events AS (
    INSERT INTO seat_event (customer_id, id, site_id, type_code, user_id, kind, effective_on, recorded_at, delta,
                            used_after, actor_kind, actor_id, door)
    SELECT %(customer)s, id, %(site)s, type_code, user_id, kind, %(today)s, %(at)s, delta, used_after,
           %(actor_kind)s, %(actor_id)s, %(door)s
      FROM event
), balances AS (
    UPDATE balance b SET used = b.used + d.delta, version = b.version + 1
      FROM (SELECT type_code, sum(delta)::int AS delta FROM event GROUP BY type_code HAVING sum(delta) <> 0) AS d
     WHERE b.customer_id = %(customer)s AND b.site_id = %(site)s AND b.type_code = d.type_code
    RETURNING b.type_code, d.delta AS used,
              free_seats(b.allocated, b.next_cycle, b.used)
            - free_seats(b.allocated, b.next_cycle, b.used - d.delta) AS remaining,
              over_seats(b.allocated, b.used) - over_seats(b.allocated, b.used - d.delta) AS over,
              full_site(b.allocated, b.next_cycle, b.used) - full_site(b.allocated, b.next_cycle, b.used - d.delta)
                AS full_sites
)
INSERT INTO customer_total AS t (customer_id, type_code, partner_path, allocated, next_cycle, used, remaining, over,
                                 full_sites)
SELECT %(customer)s, type_code, %(path)s::uuid[], 0, 0, used, remaining, over, full_sites
  FROM balances ORDER BY type_code
    ON CONFLICT (customer_id, type_code) DO UPDATE
   SET used = t.used + excluded.used, remaining = t.remaining + excluded.remaining, over = t.over + excluded.over,
       full_sites = t.full_sites + excluded.full_sites
