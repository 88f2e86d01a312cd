-- Postpones all open calls of a customer to one stack.
UPDATE stack_call SET due_at = %(until)s
 WHERE customer_id = %(customer)s AND id IN (
    SELECT c.id FROM stack_call c JOIN site_tenant t ON t.customer_id = c.customer_id AND t.id = c.tenant_id
     WHERE c.customer_id = %(customer)s AND t.stack_id = %(stack)s AND c.state IN ('waiting', 'sent')
       AND c.due_at < %(until)s
       FOR UPDATE OF c SKIP LOCKED)
