-- Fixes the unit prices of started periods that have none yet. What is put for prices says what they are
-- (unit_prices.sql).
INSERT INTO period_price (customer_id, period_starts_on, type_code, price_list_id, currency, list_price,
                          term_discount_percent, level_discount_percent, unit_price)
{prices}
 WHERE (%(customer)s::uuid IS NULL OR q.customer_id = %(customer)s::uuid)
   AND NOT EXISTS (SELECT 1 FROM period_price done WHERE done.customer_id = q.customer_id
                      AND done.period_starts_on = q.starts_on AND done.type_code = p.type_code)
 -- Two transactions may fix the same prices at once. Both insert in one order, so they cannot end in a deadlock.
 ORDER BY q.customer_id, q.starts_on, p.type_code
    ON CONFLICT DO NOTHING
