-- The raises of a customer whose seats can still be handed back on %(today)s, the newest first.
SELECT r.site_id, s.name AS site_name, r.type_code, r.effective_on, r.effective_on + %(days)s::int AS until,
       (r.delta + coalesce(sum(h.delta), 0))::int AS seats
  FROM ledger_entry r
  JOIN site s ON s.customer_id = r.customer_id AND s.id = r.site_id
  LEFT JOIN ledger_entry h ON h.customer_id = r.customer_id AND h.reverses_id = r.id
 WHERE r.customer_id = %(customer)s AND r.kind IN ('raise', 'reopen') AND r.effective_on > %(today)s::date - %(days)s::int
 GROUP BY r.id, r.type_code, r.delta, r.effective_on, s.name, r.site_id
HAVING r.delta + coalesce(sum(h.delta), 0) > 0 ORDER BY r.effective_on DESC
