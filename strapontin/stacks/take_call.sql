-- Takes a customer's next call that is due. A call waits for older calls about its user, and for older calls about a
-- user with the same e-mail: a user who is added again can only be created after the former user is deleted. Who moves
-- to another tenant is deleted in the former one after the call that creates it in the new one.
SELECT c.id, c.kind, c.state, c.attempts, c.email AS tried_email, c.tried, coalesce(c.tried_at, c.created_at) AS tried_at,
       c.former, c.user_id, t.stack_id, t.tenant_uuid, u.state = 'gone' AS gone, u.first_name, u.last_name, u.email,
       u.enabled, u.stack_user_uuid, y.stack_ids
  FROM stack_call c
  JOIN site_tenant t ON t.customer_id = c.customer_id AND t.id = c.tenant_id
  JOIN seat_user u ON u.customer_id = c.customer_id AND u.id = c.user_id
  JOIN subscription_type y ON y.code = u.type_code
 WHERE c.customer_id = %(customer)s AND c.state IN ('waiting', 'sent') AND c.due_at <= %(at)s
   AND t.stack_id <> ALL (%(silent)s::uuid[])
   AND NOT EXISTS (SELECT 1 FROM stack_call e
                     JOIN seat_user p ON p.customer_id = e.customer_id AND p.id = e.user_id
                    WHERE e.customer_id = c.customer_id AND e.state IN ('waiting', 'sent') AND e.id < c.id
                      AND (p.id = u.id OR e.id = (c.former ->> 'after')::uuid OR (u.email <> '' AND lower(p.email) = lower(u.email))))
 ORDER BY c.id LIMIT 1 FOR UPDATE OF c SKIP LOCKED
