-- The same rows as an import writes, unchecked: no rule of a user's data, no e-mail compared, no seat counted before.
WITH made AS (
    INSERT INTO seat_user (customer_id, id, site_id, type_code, first_name, last_name, email, extension, enabled,
                           state, origin, claimed_at, version)
    SELECT %(customer)s, id, site_id, 'voice', first_name, last_name, email, extension, true, 'active', 'portal',
           now(), 1
      FROM listed
), event AS (
    INSERT INTO seat_event (customer_id, id, site_id, type_code, user_id, kind, effective_on, recorded_at, delta,
                            used_after, actor_kind, actor_id, door)
    SELECT %(customer)s, event_id, site_id, 'voice', id, 'claim', current_date, now(), 1, nth, 'api_key', %(key)s,
           'api'
      FROM listed
), balances AS (
    UPDATE balance b SET used = b.used + l.users, version = b.version + 1
      FROM (SELECT site_id, count(*) AS users FROM listed GROUP BY site_id) AS l
     WHERE b.customer_id = %(customer)s AND b.site_id = l.site_id AND b.type_code = 'voice'
), total AS (
    UPDATE customer_total t SET used = t.used + l.users, remaining = t.remaining - l.users
      FROM (SELECT count(*) AS users FROM listed) AS l
     WHERE t.customer_id = %(customer)s AND t.type_code = 'voice'
)
INSERT INTO journal_entry (customer_id, id, partner_path, at, actor_kind, actor_id, door, action, object_kind,
                           object_id, before, after)
SELECT %(customer)s, journal_id,
       '{0000b000-0000-7000-8000-000000000001,0000b000-0000-7000-8000-000000000002}'::uuid[], now(), 'api_key',
       %(key)s, 'api', 'user.create', 'user', id, '{}'::jsonb, jsonb_build_object('site', site_id, 'type', 'voice')
  FROM listed
