-- The tenants that a synchronisation still has to read, site by site.
SELECT r.tenant_id, r.site_id, t.stack_id, t.tenant_uuid
  FROM tenant_reading r
  JOIN site_tenant t ON t.customer_id = r.customer_id AND t.id = r.tenant_id
  JOIN site s ON s.customer_id = r.customer_id AND s.id = r.site_id
 WHERE r.customer_id = %s AND r.synchronization_id = %s AND r.state IN ('waiting', 'counted')
 ORDER BY s.sort_key, t.id
