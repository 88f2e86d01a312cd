-- Payers with customers that a run has parked. A customer without a payer may have got one since.
SELECT payer_id FROM parked_customer WHERE run_id = %(run)s AND payer_id <> %(nobody)s
 UNION
SELECT q.payer_id FROM parked_customer p JOIN period q ON q.customer_id = p.customer_id
 WHERE p.run_id = %(run)s AND p.payer_id = %(nobody)s AND q.payer_id IS NOT NULL
   AND q.starts_on <= %(date)s AND q.billable
 ORDER BY payer_id
