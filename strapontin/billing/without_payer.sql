-- Customers that may have something to bill at %(date)s, and no payer.
SELECT DISTINCT q.customer_id FROM period q
  JOIN customer c ON c.id = q.customer_id
  JOIN customer_total t ON t.customer_id = q.customer_id
 WHERE q.payer_id IS NULL AND q.starts_on <= %(date)s AND q.billable AND (t.allocated > 0 OR t.used > 0)
   AND c.created_at <= %(cut)s
