-- A user leaves a stack tenant. The row "behind" is a user who is gone: it stands for the user there until the stack has
-- deleted it, and takes the calls to that stack that are still to be made. The user itself may enter another tenant.
WITH behind AS (
    INSERT INTO seat_user (customer_id, id, site_id, type_code, first_name, last_name, email, extension, enabled, state,
                           origin, tenant_id, stack_user_uuid, claimed_at, released_at, version)
    SELECT customer_id, %(behind)s, site_id, type_code, first_name, last_name, email, extension, enabled, 'gone',
           origin, tenant_id, stack_user_uuid, claimed_at, %(at)s, 1
      FROM seat_user WHERE customer_id = %(customer)s AND id = %(user)s
), calls AS (
    UPDATE stack_call SET user_id = %(behind)s
     WHERE customer_id = %(customer)s AND user_id = %(user)s AND state IN ('waiting', 'sent')
)
UPDATE seat_user SET tenant_id = NULL, stack_user_uuid = NULL
 WHERE customer_id = %(customer)s AND id = %(user)s
