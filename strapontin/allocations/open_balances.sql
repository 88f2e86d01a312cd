-- Opens balances at zero, with the customer's total of each type: a claim only adds to both, and a type without a
-- total is not billed.
WITH opened AS (
    INSERT INTO balance (customer_id, site_id, type_code, allocated, next_cycle, used, version)
    SELECT %(customer)s, site_id, type_code, 0, 0, 0, 0
      FROM unnest(%(sites)s::uuid[], %(types)s::text[]) AS p (site_id, type_code) ORDER BY 2, 3
        ON CONFLICT DO NOTHING
    RETURNING type_code
)
INSERT INTO customer_total (customer_id, type_code, partner_path, allocated, next_cycle, used, remaining, over,
                            full_sites)
SELECT c.id, o.type_code, c.partner_path, 0, 0, 0, 0, 0, 0
  FROM customer c CROSS JOIN (SELECT DISTINCT type_code FROM opened) AS o WHERE c.id = %(customer)s ORDER BY 2
    ON CONFLICT DO NOTHING
