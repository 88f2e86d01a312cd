-- Bills one payer in a run, in one statement: charges, the invoice's lines, the mark that periods were rated, and
-- the customers that cannot be billed. The text of rating.sql is put in where its name stands below.
WITH rated AS MATERIALIZED (
    {rating}
), faulty AS (
    SELECT customer_id, coalesce(%(tax_fault)s::text, min(fault)) AS reason
      FROM rated
     WHERE fault IS NOT NULL OR %(tax_fault)s::text IS NOT NULL
     GROUP BY customer_id
), parked AS (
    INSERT INTO parked_customer (customer_id, run_id, payer_id, reason)
    SELECT customer_id, %(run)s, %(payer)s, reason FROM faulty
), charges AS (
    INSERT INTO charge (customer_id, run_id, run_date, cut, basis, payer_id, period_starts_on, type_code, starts_on,
                        ends_on, quantity, unit_price, months, days, period_days, amount)
    SELECT customer_id, %(run)s, %(date)s, %(cut)s, basis, payer_id, period_starts_on, type_code, starts_on, ends_on,
           quantity, unit_price, months, days, period_days, amount
      FROM rated WHERE customer_id NOT IN (SELECT customer_id FROM faulty)
    RETURNING customer_id, period_starts_on, type_code, starts_on, ends_on, quantity, unit_price, months, days,
              period_days, amount
), ratings AS (
    INSERT INTO period_rating (customer_id, period_starts_on, run_id, basis)
    SELECT q.customer_id, q.starts_on, %(run)s,
           CASE WHEN %(date)s::date < %(allocation_from)s::date THEN 'used' ELSE 'allocated' END
      FROM period q JOIN customer c ON c.id = q.customer_id
     WHERE q.payer_id = %(payer)s AND q.starts_on <= %(date)s::date AND q.billable
       AND c.created_at <= %(cut)s::timestamptz
       AND (%(customers)s::uuid[] IS NULL OR q.customer_id = ANY (%(customers)s::uuid[]))
       AND q.customer_id NOT IN (SELECT customer_id FROM faulty)
       AND NOT EXISTS (SELECT 1 FROM period_rating r
                        WHERE r.customer_id = q.customer_id AND r.period_starts_on = q.starts_on)
), lines AS (
    INSERT INTO invoice_line (payer_id, invoice_id, n, customer_id, customer_name, client_id, purchase_order, kind,
                              type_code, period_starts_on, quantity, unit_price, months, starts_on, ends_on, days,
                              period_days, amount)
    SELECT %(payer)s, %(invoice)s,
           row_number() OVER (ORDER BY c.sort_key, c.id, l.period_starts_on, t.position, l.starts_on),
           c.id, c.name, c.client_id, c.purchase_order, 'seats', l.type_code, l.period_starts_on, l.quantity,
           l.unit_price, l.months, l.starts_on, l.ends_on, l.days, l.period_days, l.amount
      FROM charges l
      JOIN customer c ON c.id = l.customer_id
      JOIN subscription_type t ON t.code = l.type_code
)
SELECT (SELECT count(*) FROM charges) AS lines, (SELECT coalesce(sum(amount), 0) FROM charges) AS net,
       (SELECT count(*) FROM faulty) AS parked
