-- The sites of a customer, or one of them, each with the stacks attached to it and when they were last read.
SELECT s.id, s.name, s.archived_at IS NOT NULL AS archived, min(t.synchronized_at) AS synchronized_at,
       coalesce(jsonb_agg(jsonb_build_object('name', t.stack_name, 'synchronized_at', t.synchronized_at))
                    FILTER (WHERE t.id IS NOT NULL), '[]') AS stacks
  FROM site s LEFT JOIN site_tenant t ON t.customer_id = s.customer_id AND t.site_id = s.id
 WHERE s.customer_id = %(customer)s AND (%(site)s::uuid IS NULL OR s.id = %(site)s::uuid)
 GROUP BY s.id, s.name, s.sort_key, s.archived_at ORDER BY s.sort_key, s.id
