-- Seats of the customers %(customers)s that renew within 60 days and that nobody uses. If some were unused throughout
-- the last 60 days, these; else all that are unused today, with the day since which they are.
WITH places AS MATERIALIZED (
    SELECT b.customer_id, b.site_id, b.type_code, c.partner_path, s.name AS site_name, b.next_cycle,
           b.next_cycle - b.used AS renewing, b.allocated - b.used AS unused
      FROM customer c
      JOIN balance b ON b.customer_id = c.id
      JOIN site s ON s.customer_id = b.customer_id AND s.id = b.site_id
     WHERE c.id = ANY (%(customers)s::uuid[]) AND {renewing} AND b.next_cycle > b.used
), changes AS MATERIALIZED (
    SELECT customer_id, site_id, type_code, effective_on, sum(delta) AS delta
      FROM (SELECT customer_id, site_id, type_code, effective_on, delta FROM ledger_entry
             WHERE customer_id IN (SELECT customer_id FROM places)
               AND effective_on > %(today)s::date - 60 AND effective_on <= %(today)s::date
             UNION ALL
            SELECT customer_id, site_id, type_code, effective_on, -delta FROM seat_event
             WHERE customer_id IN (SELECT customer_id FROM places)
               AND effective_on > %(today)s::date - 60 AND effective_on <= %(today)s::date) AS deltas
     GROUP BY customer_id, site_id, type_code, effective_on
), befores AS MATERIALIZED (
    -- What was unused at the end of the day before each change.
    SELECT p.customer_id, p.site_id, p.type_code, p.renewing, ch.effective_on,
           p.unused - sum(ch.delta) OVER (PARTITION BY p.customer_id, p.site_id, p.type_code
                                              ORDER BY ch.effective_on DESC) AS unused
      FROM places p JOIN changes ch USING (customer_id, site_id, type_code)
), lowest AS MATERIALIZED (
    SELECT customer_id, site_id, type_code, min(unused) AS unused,
           max(effective_on) FILTER (WHERE unused < renewing) AS short_until
      FROM befores GROUP BY customer_id, site_id, type_code
)
SELECT p.customer_id, p.site_id, p.type_code, p.partner_path, p.site_name, p.next_cycle,
       (CASE WHEN l.unused > 0 THEN least(l.unused, p.renewing) ELSE p.renewing END)::int AS seats,
       CASE WHEN l.unused <= 0 THEN l.short_until ELSE %(today)s::date - 60 END AS since
  FROM places p LEFT JOIN lowest l USING (customer_id, site_id, type_code)
