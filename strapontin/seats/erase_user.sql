-- Blanks the personal data of a removed user, and of the rows that stood for the user on former stacks: they took their
-- seat at the same moment, or have the same e-mail. A row with an open call stays: the stack has still to be told.
WITH person AS (
    SELECT first_name, last_name, email, claimed_at FROM seat_user
     WHERE customer_id = %(customer)s AND id = %(user)s AND state = 'gone'
), rows AS (
    SELECT u.id, u.first_name, u.last_name, u.email
      FROM seat_user u JOIN person p
        ON u.id = %(user)s
        OR u.claimed_at = p.claimed_at AND (u.first_name, u.last_name) = (p.first_name, p.last_name)
        OR u.email <> '' AND lower(u.email) = lower(p.email)
     WHERE u.customer_id = %(customer)s AND u.state = 'gone'
       AND NOT EXISTS (SELECT 1 FROM stack_call c WHERE c.customer_id = u.customer_id AND c.user_id = u.id
                          AND c.state IN ('waiting', 'sent'))
     ORDER BY u.id
       FOR NO KEY UPDATE OF u
), blanked AS (
    UPDATE seat_user u SET first_name = '', last_name = '', email = '', extension = '', version = u.version + 1
      FROM rows WHERE u.customer_id = %(customer)s AND u.id = rows.id
), calls AS (
    UPDATE stack_call c SET email = '', tried = '{}', former = '{}' FROM rows
     WHERE c.customer_id = %(customer)s AND c.user_id = rows.id
)
SELECT DISTINCT first_name, last_name, email FROM rows
