-- Seats of the customers %(customers)s that run out: no more are free than a customer's threshold, or the site is full
-- soon at the pace of the last 30 days. A full site is among them, with none free.
SELECT customer_id, site_id, type_code, partner_path, site_name, free, full_on
  FROM (SELECT b.customer_id, b.site_id, b.type_code, c.partner_path, s.name AS site_name, c.warn_free_seats,
               c.warn_days, free_seats(b.allocated, b.next_cycle, b.used) AS free,
               CASE WHEN pace.seats > 0 AND free_seats(b.allocated, b.next_cycle, b.used) BETWEEN 1 AND pace.seats * 4
                    THEN %(today)s::date
                         + ceil(free_seats(b.allocated, b.next_cycle, b.used) * 30.0 / pace.seats)::int
               END AS full_on
          FROM customer c
          JOIN balance b ON b.customer_id = c.id
          JOIN site s ON s.customer_id = b.customer_id AND s.id = b.site_id
         CROSS JOIN LATERAL (
               SELECT coalesce(sum(e.delta), 0)::int AS seats FROM seat_event e
                WHERE e.customer_id = b.customer_id AND e.type_code = b.type_code AND e.site_id = b.site_id
                  AND e.effective_on > %(today)s::date - 30 AND e.effective_on <= %(today)s::date) AS pace
         WHERE c.id = ANY (%(customers)s::uuid[]) AND c.status = 'active' AND NOT c.not_for_resale
           AND NOT (c.unlimited AND %(today)s::date < %(enforced_from)s::date) AND b.allocated > 0) AS place
 WHERE free <= warn_free_seats OR full_on <= %(today)s::date + warn_days
