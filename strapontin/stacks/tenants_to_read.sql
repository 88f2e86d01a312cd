-- The tenants that a synchronisation still has to read, site by site.
SELECT r.tenant_id, r.site_id, t.stack_id, t.tenant_uuid, k.server_uuid IS NULL AS server_unknown,
       k.silent_since, coalesce(k.silent_until > %(at)s, false) AS silent
  FROM tenant_reading r
  JOIN site_tenant t ON t.customer_id = r.customer_id AND t.id = r.tenant_id
  JOIN stack k ON k.id = t.stack_id
  JOIN site s ON s.customer_id = r.customer_id AND s.id = r.site_id
 WHERE r.customer_id = %(customer)s AND r.synchronization_id = %(sync)s AND r.state IN ('waiting', 'counted')
 ORDER BY s.sort_key, t.id
