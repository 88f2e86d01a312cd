-- The active users of a site who live in a tenant or in none yet, locked in the order of their ids: two tenants of one
-- site have the users without a tenant in common. "seen": the stack has shown or confirmed the user. Who was typed in
-- before the tenant was attached was not.
SELECT id, type_code, email, first_name, last_name, enabled, stack_user_uuid, tenant_id, claimed_at,
       stack_user_uuid IS NOT NULL AS seen
  FROM seat_user
 WHERE customer_id = %(customer)s AND site_id = %(site)s AND state = 'active'
   AND (tenant_id = %(tenant)s OR tenant_id IS NULL)
   ORDER BY id FOR NO KEY UPDATE
