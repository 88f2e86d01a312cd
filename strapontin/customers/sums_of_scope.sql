-- Seats per type and term over a scope, a partner with those below, or its own customers alone.
SELECT t.type_code, c.term_months, sum(t.allocated)::int AS allocated, sum(t.next_cycle)::int AS next_cycle,
       sum(t.used)::int AS used, sum(t.remaining)::int AS remaining, sum(t.over)::int AS over,
       sum(t.full_sites)::int AS full_sites
  FROM customer_total t JOIN customer c ON c.id = t.customer_id
 WHERE NOT c.not_for_resale AND c.archived_at IS NULL
   AND (%(partner)s::uuid IS NULL OR c.partner_path @> ARRAY[%(partner)s::uuid])
   AND (%(only)s::uuid IS NULL OR c.partner_id = %(only)s::uuid)
 GROUP BY t.type_code, c.term_months
