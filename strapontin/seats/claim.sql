-- The check and the claim are one statement (SPEC 5): no interleaving can oversell, since the guard is evaluated
-- on the balance's latest version under its row lock. No row comes back if the claim is not possible.
-- "tenant" is the stack tenant in which the user is also created: the site's only one, or the one that was named.
WITH tenants AS MATERIALIZED (
    SELECT coalesce(array_agg(id), '{}') AS ids
      FROM site_tenant WHERE customer_id = %(customer)s AND site_id = %(site)s
), tenant AS MATERIALIZED (
    SELECT coalesce(%(tenant)s::uuid, ids[1]) AS id FROM tenants
     WHERE CASE WHEN %(tenant)s::uuid IS NULL THEN cardinality(ids) < 2 ELSE %(tenant)s::uuid = ANY (ids) END
       AND (cardinality(ids) = 0 OR %(email)s <> '')
), seat AS (
    UPDATE balance b SET used = b.used + 1, version = b.version + 1
      FROM customer c, tenant
     WHERE b.customer_id = %(customer)s AND b.site_id = %(site)s AND b.type_code = %(type)s
       AND c.id = %(customer)s AND c.status = 'active' AND c.period_ends_on > %(today)s
       AND (free_seats(b.allocated, b.next_cycle, b.used) > 0 OR NOT %(enforced)s OR c.not_for_resale)
       AND NOT EXISTS (SELECT 1 FROM seat_user u
                        WHERE u.customer_id = %(customer)s AND lower(u.email) = lower(%(email)s) AND u.email <> ''
                          AND u.state = 'active')
    RETURNING c.partner_path, tenant.id AS tenant_id, b.used AS used_after,
              free_seats(b.allocated, b.next_cycle, b.used) - free_seats(b.allocated, b.next_cycle, b.used - 1)
                AS remaining,
              over_seats(b.allocated, b.used) - over_seats(b.allocated, b.used - 1) AS over,
              full_site(b.allocated, b.next_cycle, b.used) - full_site(b.allocated, b.next_cycle, b.used - 1)
                AS full_sites
), made AS (
    INSERT INTO seat_user (customer_id, id, site_id, type_code, first_name, last_name, email, extension, enabled,
                           state, origin, tenant_id, claimed_at, version)
    SELECT %(customer)s, %(user)s, %(site)s, %(type)s, %(first_name)s, %(last_name)s, %(email)s, %(extension)s,
           %(enabled)s, 'active', 'portal', tenant_id, %(at)s, 1
      FROM seat
), event AS (
    INSERT INTO seat_event (customer_id, id, site_id, type_code, user_id, kind, effective_on, recorded_at, delta,
                            used_after, actor_kind, actor_id, door)
    SELECT %(customer)s, %(event)s, %(site)s, %(type)s, %(user)s, 'claim', %(today)s, %(at)s, 1, used_after,
           %(actor_kind)s, %(actor_id)s, %(door)s
      FROM seat
), total AS (
    UPDATE customer_total t
       SET used = t.used + 1, remaining = t.remaining + seat.remaining, over = t.over + seat.over,
           full_sites = t.full_sites + seat.full_sites
      FROM seat
     WHERE t.customer_id = %(customer)s AND t.type_code = %(type)s
)
INSERT INTO journal_entry (customer_id, id, partner_path, at, actor_kind, actor_id, door, action, object_kind,
                           object_id, before, after)
SELECT %(customer)s, %(journal)s, partner_path, %(at)s, %(actor_kind)s, %(actor_id)s, %(door)s, 'user.create', 'user',
       %(user)s, '{}'::jsonb, jsonb_build_object('site', %(site)s::text, 'type', %(type)s::text)
  FROM seat
RETURNING (SELECT tenant_id FROM seat) AS tenant_id
