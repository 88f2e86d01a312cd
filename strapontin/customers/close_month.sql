-- Writes each customer's seats at the end of %(day)s, the last day of a month, unless they are written already.
INSERT INTO customer_month (customer_id, month_ends_on, type_code, partner_path, allocated, used)
SELECT t.customer_id, %(day)s::date, t.type_code, c.partner_path,
       (SELECT coalesce(sum(e.delta), 0) FROM ledger_entry e WHERE e.customer_id = t.customer_id
           AND e.type_code = t.type_code AND e.effective_on <= %(day)s::date),
       (SELECT coalesce(sum(e.delta), 0) FROM seat_event e WHERE e.customer_id = t.customer_id
           AND e.type_code = t.type_code AND e.effective_on <= %(day)s::date)
  FROM customer_total t JOIN customer c ON c.id = t.customer_id
 WHERE NOT c.not_for_resale AND c.starts_on <= %(day)s::date
   AND NOT EXISTS (SELECT 1 FROM customer_month m WHERE m.customer_id = t.customer_id
                      AND m.month_ends_on = %(day)s::date AND m.type_code = t.type_code)
