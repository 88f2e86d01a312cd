-- Parks every customer of a payer whose invoice could not be computed.
INSERT INTO parked_customer (customer_id, run_id, payer_id, reason)
SELECT DISTINCT q.customer_id, %(run)s::uuid, q.payer_id, 'not_computed'
  FROM period q JOIN customer c ON c.id = q.customer_id
 WHERE q.payer_id = %(payer)s AND q.starts_on <= %(date)s AND q.billable AND c.created_at <= %(cut)s
