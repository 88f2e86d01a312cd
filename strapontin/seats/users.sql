-- Active users of a customer. "absent": all tenants of the site have been read, and none has ever shown the user.
-- More conditions follow.
SELECT u.id, u.sort_key, u.site_id, s.name AS site_name, u.type_code, u.first_name, u.last_name, u.email, u.extension,
       u.enabled, u.origin, u.tenant_id, u.version,
       (SELECT c.state FROM stack_call c WHERE c.customer_id = u.customer_id AND c.user_id = u.id
         ORDER BY c.id DESC LIMIT 1) AS call_state,
       u.stack_user_uuid IS NULL
       AND (SELECT bool_and(t.synchronized_at IS NOT NULL) FROM site_tenant t
             WHERE t.customer_id = u.customer_id AND t.site_id = u.site_id) IS TRUE AS absent
  FROM seat_user u JOIN site s ON s.customer_id = u.customer_id AND s.id = u.site_id
 WHERE u.customer_id = %(customer)s AND u.state = 'active'
