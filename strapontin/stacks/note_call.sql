-- Notes how a call stands. What it tried and what it changes is personal data: it is deleted as soon as no attempt needs it
-- any more. A creation that begins anew tries the values of that time.
UPDATE stack_call
   SET state = %(state)s, error_code = %(error)s, error_field = %(field)s, done_at = %(done_at)s,
       email = CASE WHEN %(state)s = 'sent' THEN email ELSE '' END,
       tried = CASE WHEN %(state)s = 'sent' THEN tried ELSE '{}' END,
       tried_at = CASE WHEN %(state)s = 'sent' THEN tried_at END,
       former = CASE WHEN %(state)s IN ('waiting', 'sent') THEN former ELSE '{}' END
 WHERE customer_id = %(customer)s AND id = %(id)s
RETURNING user_id
