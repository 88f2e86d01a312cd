-- Exchanges of a customer, the newest first, each with how many of its seats are not undone: those that count since
-- after %(since)s, or the one named.
SELECT e.id, e.site_id, s.name AS site_name, e.type_code AS from_type, e.counterpart_type_code AS to_type,
       e.effective_on, e.effective_on + %(days)s::int AS until,
       (-e.delta - coalesce((SELECT sum(u.delta) FROM ledger_entry u
                              WHERE u.customer_id = e.customer_id AND u.type_code = e.type_code
                                AND u.effective_on >= e.effective_on AND u.reverses_id = e.id), 0))::int AS seats
  FROM ledger_entry e
  JOIN site s ON s.customer_id = e.customer_id AND s.id = e.site_id
 WHERE e.customer_id = %(customer)s AND e.kind = 'exchange_out' AND e.reverses_id IS NULL
   AND (e.id = %(exchange)s::uuid OR %(exchange)s::uuid IS NULL AND e.effective_on > %(since)s::date)
 ORDER BY e.id DESC
