-- Notes how far the reading of a tenant is. Changes nothing if the reading has ended.
UPDATE tenant_reading SET state = %(state)s, error_code = %(error)s, silent_since = %(silent_since)s,
       counts = coalesce(%(counts)s::jsonb, counts),
       unmapped = coalesce(%(unmapped)s::jsonb, unmapped), differences = coalesce(%(differences)s::jsonb, differences),
       synchronized_at = coalesce(%(synchronized_at)s, synchronized_at)
 WHERE customer_id = %(customer)s AND synchronization_id = %(sync)s AND tenant_id = %(tenant)s
   AND state IN ('waiting', 'counted')
