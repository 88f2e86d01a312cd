-- Applies what a stack showed of one site's tenant: users found, adopted, gone and of another type, one event for
-- each seat taken or left, and the balances and totals after them.
WITH found AS (
    INSERT INTO seat_user (customer_id, id, site_id, type_code, first_name, last_name, email, extension, enabled,
                           state, origin, tenant_id, stack_user_uuid, claimed_at, version)
    SELECT %(customer)s, u.id, %(site)s, u.type_code, u.first_name, u.last_name, u.email, u.extension, u.enabled,
           'active', 'stack', %(tenant)s, u.uuid, %(at)s, 1
      FROM unnest(%(new_ids)s::uuid[], %(new_types)s::text[], %(new_uuids)s::uuid[], %(first_names)s::text[],
                  %(last_names)s::text[], %(emails)s::text[], %(extensions)s::text[], %(enabled)s::bool[])
        AS u (id, type_code, uuid, first_name, last_name, email, extension, enabled)
), changed AS (
    UPDATE seat_user s
       SET stack_user_uuid = coalesce(a.uuid, s.stack_user_uuid),
           tenant_id = CASE WHEN a.uuid IS NULL THEN s.tenant_id ELSE %(tenant)s::uuid END,
           type_code = coalesce(r.type_code, s.type_code),
           state = CASE WHEN g.id IS NULL THEN s.state ELSE 'gone' END,
           released_at = CASE WHEN g.id IS NULL THEN s.released_at ELSE %(at)s::timestamptz END,
           version = s.version + 1
      FROM (SELECT unnest(%(adopted)s::uuid[]) AS id UNION SELECT unnest(%(retyped)s::uuid[])
            UNION SELECT unnest(%(gone)s::uuid[])) AS touched
      LEFT JOIN unnest(%(adopted)s::uuid[], %(adopted_uuids)s::uuid[]) AS a (id, uuid) ON a.id = touched.id
      LEFT JOIN unnest(%(retyped)s::uuid[], %(retyped_to)s::text[]) AS r (id, type_code) ON r.id = touched.id
      LEFT JOIN unnest(%(gone)s::uuid[]) AS g (id) ON g.id = touched.id
     WHERE s.customer_id = %(customer)s AND s.id = touched.id
), events AS (
    INSERT INTO seat_event (customer_id, id, site_id, type_code, user_id, kind, effective_on, recorded_at, delta,
                            used_after, actor_kind, actor_id, door)
    SELECT %(customer)s, e.id, %(site)s, e.type_code, e.user_id, e.kind, %(today)s, %(at)s, e.delta, e.used_after,
           %(actor_kind)s, %(actor_id)s, %(door)s
      FROM unnest(%(event_ids)s::uuid[], %(event_users)s::uuid[], %(event_types)s::text[], %(event_kinds)s::text[],
                  %(event_deltas)s::smallint[], %(event_afters)s::int[])
        AS e (id, user_id, type_code, kind, delta, used_after)
), changes AS (
    SELECT * FROM jsonb_to_recordset(%(changes)s::jsonb) AS c (type_code text, used int, remaining int, over int)
), balances AS (
    UPDATE balance b SET used = b.used + changes.used, version = b.version + 1
      FROM changes
     WHERE b.customer_id = %(customer)s AND b.site_id = %(site)s AND b.type_code = changes.type_code
       AND changes.used <> 0
)
INSERT INTO customer_total AS t (customer_id, type_code, partner_path, allocated, next_cycle, used, remaining, over)
SELECT %(customer)s, type_code, %(path)s::uuid[], 0, 0, used, remaining, over FROM changes ORDER BY type_code
    ON CONFLICT (customer_id, type_code) DO UPDATE
   SET used = t.used + excluded.used, remaining = t.remaining + excluded.remaining, over = t.over + excluded.over
