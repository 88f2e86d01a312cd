-- The numbers of the rows of a list whose e-mail an active user of the customer has.
WITH new_user AS MATERIALIZED ({new_users})
SELECT n.n FROM new_user n
  JOIN seat_user u ON u.customer_id = %(customer)s AND lower(u.email) = lower(n.email) AND u.email <> ''
                  AND u.state = 'active'
 WHERE n.email <> '' GROUP BY n.n ORDER BY n.n LIMIT %(limit)s
