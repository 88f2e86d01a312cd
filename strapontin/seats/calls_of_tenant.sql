-- What a tenant's stack is being asked to do, or was asked after it gave its answer. Read once the users are locked:
-- from then on nobody confirms a creation of theirs.
SELECT c.user_id, c.email AS tried_email, u.state = 'gone' AS leaving, u.email, u.stack_user_uuid
  FROM stack_call c JOIN seat_user u ON u.customer_id = c.customer_id AND u.id = c.user_id
 WHERE c.customer_id = %(customer)s AND c.tenant_id = %(tenant)s
   AND (c.state IN ('waiting', 'sent') OR c.done_at > %(asked_at)s)
