-- Customers of the scope whose commitment of 12 or 36 months renews within 60 days, the first ones first; with each,
-- how many there are in all, and how many of them have unused seats.
SELECT c.id, c.name, c.sort_key, c.client_id, c.term_months,
       coalesce(c.pending_term_months, c.term_months) AS next_term_months,
       c.period_ends_on AS renews_on, c.customers, c.with_unused,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('type_code', t.type_code, 'seats', t.next_cycle)
                                  ORDER BY y.position, y.code), '[]')
          FROM customer_total t JOIN subscription_type y ON y.code = t.type_code
         WHERE t.customer_id = c.id AND t.next_cycle > 0) AS types,
       (SELECT coalesce(jsonb_agg(jsonb_build_object(
                            'customer_id', u.customer_id, 'site_id', u.site_id, 'type_code', u.type_code,
                            'site_name', u.site_name, 'next_cycle', u.next_cycle, 'seats', u.seats, 'since', u.since)
                            ORDER BY u.seats DESC, u.site_name, u.type_code), '[]')
          FROM unused_seats u WHERE u.customer_id = c.id) AS unused
  FROM (SELECT c.*, count(*) OVER ()::int AS customers,
               (count(*) FILTER (WHERE c.id IN (SELECT customer_id FROM unused_seats)) OVER ())::int AS with_unused
          FROM customer c
         WHERE {renewing} AND {only}
         ORDER BY c.period_ends_on, c.sort_key, c.id LIMIT %(limit)s OFFSET %(offset)s) AS c
 ORDER BY c.period_ends_on, c.sort_key, c.id
