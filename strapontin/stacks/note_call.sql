-- Notes how a call stands. The e-mail is personal data: it is deleted as soon as no attempt needs it any more.
UPDATE stack_call SET state = %(state)s, error_code = %(error)s, done_at = %(done_at)s,
       email = CASE WHEN %(state)s = 'sent' THEN email ELSE '' END
 WHERE customer_id = %(customer)s AND id = %(id)s
RETURNING user_id
