-- One claim by pgbench: the rows that the operation writes, in one statement.
\set site random(1, 10000)
\set customer (:site - 1) / 3 + 1
WITH chosen AS MATERIALIZED (
    SELECT ('0000c000-0000-7000-8000-' || lpad(:customer::text, 12, '0'))::uuid AS customer_id,
           ('00005000-0000-7000-8000-' || lpad(:site::text, 12, '0'))::uuid AS site_id, uuidv7() AS user_id
), seat AS (
    UPDATE balance b SET used = b.used + 1, version = b.version + 1
      FROM chosen
     WHERE b.customer_id = chosen.customer_id AND b.site_id = chosen.site_id AND b.type_code = 'voice'
       AND least(b.allocated, b.next_cycle) > b.used
    RETURNING b.customer_id, b.site_id, b.used, chosen.user_id
), new_user AS (
    INSERT INTO seat_user (customer_id, id, site_id, type_code, first_name, last_name, email, extension, enabled,
                           state, origin, claimed_at, version)
    SELECT customer_id, user_id, site_id, 'voice', 'Ada', 'Example', user_id || '@example.org', '', true, 'active',
           'portal', now(), 1
      FROM seat
), event AS (
    INSERT INTO seat_event (customer_id, id, site_id, type_code, user_id, kind, effective_on, recorded_at, delta,
                            used_after, actor_kind, actor_id, door)
    SELECT customer_id, uuidv7(), site_id, 'voice', user_id, 'claim', current_date, now(), 1, used, 'api_key',
           '0000a000-0000-7000-8000-000000000001', 'api'
      FROM seat
), total AS (
    UPDATE customer_total t SET used = t.used + 1, remaining = t.remaining - 1
      FROM seat
     WHERE t.customer_id = seat.customer_id AND t.type_code = 'voice'
)
INSERT INTO journal_entry (customer_id, id, partner_path, at, actor_kind, actor_id, door, action, object_kind,
                           object_id, before, after)
SELECT customer_id, uuidv7(),
       '{0000b000-0000-7000-8000-000000000001,0000b000-0000-7000-8000-000000000002}'::uuid[], now(), 'api_key',
       '0000a000-0000-7000-8000-000000000001', 'api', 'user.create', 'user', user_id, '{}'::jsonb,
       jsonb_build_object('site', site_id, 'type', 'voice')
  FROM seat;
