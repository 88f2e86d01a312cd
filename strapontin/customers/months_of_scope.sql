-- Seats per type at the ends of months, as closed, and today. Over a scope, a partner with those below, or its own.
SELECT m.month_ends_on AS day, m.type_code, sum(m.allocated)::int AS allocated, sum(m.used)::int AS used
  FROM customer_month m
 WHERE m.month_ends_on = ANY (%(days)s::date[])
   AND (%(partner)s::uuid IS NULL OR m.partner_path @> ARRAY[%(partner)s::uuid])
   AND (%(only)s::uuid IS NULL OR m.partner_path[cardinality(m.partner_path)] = %(only)s::uuid)
 GROUP BY 1, 2
 UNION ALL
SELECT %(today)s::date, t.type_code, sum(t.allocated)::int, sum(t.used)::int
  FROM customer_total t JOIN customer c ON c.id = t.customer_id
 WHERE NOT c.not_for_resale AND c.archived_at IS NULL
   AND (%(partner)s::uuid IS NULL OR t.partner_path @> ARRAY[%(partner)s::uuid])
   AND (%(only)s::uuid IS NULL OR c.partner_id = %(only)s::uuid)
 GROUP BY 2 ORDER BY 2, 1
