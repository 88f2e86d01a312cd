-- Answers a row if another tenant of the site has not been read in this synchronisation.
SELECT 1
  FROM site_tenant t
  LEFT JOIN tenant_reading r ON r.customer_id = t.customer_id AND r.tenant_id = t.id AND r.synchronization_id = %(sync)s
 WHERE t.customer_id = %(customer)s AND t.site_id = %(site)s AND t.id <> %(tenant)s AND r.state IS DISTINCT FROM 'done'
 LIMIT 1
