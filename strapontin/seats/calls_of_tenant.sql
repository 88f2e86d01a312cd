-- The calls to a tenant that are open, or that ended after the stack was asked. The users are locked before: from then
-- on no call confirms that one of them was created.
SELECT c.user_id, c.kind, c.state IN ('waiting', 'sent') AS open, c.email AS tried_email, c.tried,
       u.state = 'gone' AS leaving, u.email, u.stack_user_uuid
  FROM stack_call c JOIN seat_user u ON u.customer_id = c.customer_id AND u.id = c.user_id
 WHERE c.customer_id = %(customer)s AND c.tenant_id = %(tenant)s
   AND (c.state IN ('waiting', 'sent') OR c.done_at > %(asked_at)s)
