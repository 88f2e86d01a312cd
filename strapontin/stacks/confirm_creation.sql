-- Notes the stack's uuid of a created user, unless another active user of the tenant has it.
UPDATE seat_user u SET stack_user_uuid = %(uuid)s
 WHERE u.customer_id = %(customer)s AND u.id = %(user)s
   AND NOT EXISTS (SELECT 1 FROM seat_user o
                    WHERE o.customer_id = u.customer_id AND o.tenant_id = u.tenant_id
                      AND o.stack_user_uuid = %(uuid)s AND o.state = 'active' AND o.id <> u.id)
