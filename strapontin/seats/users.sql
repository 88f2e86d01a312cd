-- Users, each with its latest call to a stack: one that failed, as long as nobody has dealt with it, goes before later
-- ones. "absent": all tenants of the site have been read, and none has ever shown the user.
-- The users are chosen before anything else is looked up for them. A list also answers further columns of them.
WITH chosen AS MATERIALIZED (
    {chosen}
)
SELECT u.id, u.sort_key, u.site_id, s.name AS site_name, u.type_code, u.first_name, u.last_name, u.email, u.extension,
       u.enabled, u.origin, u.state, u.tenant_id, u.version, call.kind AS call_kind, call.state AS call_state,
       CASE WHEN call.state IN ('waiting', 'sent', 'failed') THEN call.error_code ELSE '' END AS error_code,
       coalesce(call.error_field, '') AS error_field,
       u.state = 'active' AND u.stack_user_uuid IS NULL
       AND (SELECT bool_and(t.synchronized_at IS NOT NULL) FROM site_tenant t
             WHERE t.customer_id = u.customer_id AND t.site_id = u.site_id) IS TRUE AS absent{further}
  FROM chosen
  JOIN seat_user u ON u.customer_id = chosen.customer_id AND u.id = chosen.id
  JOIN site s ON s.customer_id = u.customer_id AND s.id = u.site_id
  LEFT JOIN LATERAL (SELECT kind, state, error_code, error_field FROM stack_call c
                      WHERE c.customer_id = u.customer_id AND c.user_id = chosen.id
                      ORDER BY c.state = 'failed' DESC, c.id DESC LIMIT 1) AS call ON true
 ORDER BY {order}
