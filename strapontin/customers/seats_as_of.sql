-- The seats of a customer per site and type at the end of %(day)s, as they were known at %(known_at)s.
SELECT site_id, type_code, allocated, next_cycle, used, free_seats(allocated, next_cycle, used) AS remaining,
       over_seats(allocated, used) AS over, full_site(allocated, next_cycle, used) AS full_sites
  FROM (SELECT site_id, type_code, sum(allocated)::int AS allocated, sum(next_cycle)::int AS next_cycle,
               sum(used)::int AS used
          FROM (SELECT site_id, type_code,
                       CASE WHEN effective_on <= %(day)s THEN delta ELSE 0 END AS allocated,
                       CASE WHEN effective_on <= %(next)s THEN delta ELSE 0 END AS next_cycle, 0 AS used
                  FROM ledger_entry WHERE customer_id = %(customer)s AND recorded_at <= %(known_at)s
                 UNION ALL
                SELECT site_id, type_code, 0, 0, delta FROM seat_event
                 WHERE customer_id = %(customer)s AND recorded_at <= %(known_at)s AND effective_on <= %(day)s) AS deltas
         GROUP BY site_id, type_code) AS seats
