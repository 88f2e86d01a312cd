-- Adds the tenants of a customer, or of one of its sites, to what a synchronisation reads.
INSERT INTO tenant_reading (customer_id, synchronization_id, tenant_id, site_id, state, error_code, counts, unmapped,
                            differences, synchronized_at)
SELECT customer_id, %(id)s, id, site_id, 'waiting', '', '{}', '[]', '{}', synchronized_at
  FROM site_tenant WHERE customer_id = %(customer)s AND (%(site)s::uuid IS NULL OR site_id = %(site)s::uuid)
    ON CONFLICT DO NOTHING
