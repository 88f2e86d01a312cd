-- Takes a payer's parked customers to bill them once more. Skips customers that a later run has billed for this payer:
-- that run knew more, and has billed these days as well.
WITH again AS (
    SELECT p.customer_id FROM parked_customer p
     WHERE p.run_id = %(run)s
       AND (p.payer_id = %(payer)s
            OR (p.payer_id = %(nobody)s
                AND EXISTS (SELECT 1 FROM period q WHERE q.customer_id = p.customer_id AND q.payer_id = %(payer)s
                                AND q.starts_on <= %(date)s AND q.billable)))
       FOR UPDATE
), taken AS (
    DELETE FROM parked_customer WHERE run_id = %(run)s AND payer_id = %(payer)s
)
SELECT DISTINCT customer_id FROM again
 WHERE NOT EXISTS (
       SELECT 1 FROM billing_run later JOIN run_payer d ON d.run_id = later.id AND d.payer_id = %(payer)s
        WHERE later.date > %(date)s AND NOT later.preview
          AND NOT EXISTS (SELECT 1 FROM parked_customer p WHERE p.run_id = later.id
                              AND p.customer_id = again.customer_id AND p.payer_id IN (%(payer)s, %(nobody)s)))
