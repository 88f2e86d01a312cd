-- Seats of one customer per type at the end of each of %(days)s, from its ledger and its seat events.
WITH ends AS (SELECT unnest(%(days)s::date[]) AS day), codes AS (SELECT code FROM subscription_type)
SELECT ends.day, codes.code AS type_code,
       (SELECT coalesce(sum(e.delta), 0)::int FROM ledger_entry e WHERE e.customer_id = %(customer)s
           AND e.type_code = codes.code AND e.effective_on <= ends.day) AS allocated,
       (SELECT coalesce(sum(e.delta), 0)::int FROM seat_event e WHERE e.customer_id = %(customer)s
           AND e.type_code = codes.code AND e.effective_on <= ends.day) AS used
  FROM ends CROSS JOIN codes ORDER BY codes.code, ends.day
