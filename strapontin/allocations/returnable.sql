-- The raises of a customer whose seats can still be handed back, the newest first, with how many seats are left of each.
SELECT r.id AS entry_id, r.type_code, (r.delta + coalesce(sum(h.delta), 0))::int AS seats
  FROM ledger_entry r
  LEFT JOIN ledger_entry h ON h.customer_id = r.customer_id AND h.reverses_id = r.id
 WHERE r.customer_id = %(customer)s AND r.kind IN ('raise', 'reopen') AND r.type_code = ANY (%(types)s::text[])
   AND r.effective_on > %(since)s::date
 GROUP BY r.id, r.type_code, r.delta, r.effective_on, r.recorded_at
HAVING r.delta + coalesce(sum(h.delta), 0) > 0
 ORDER BY r.effective_on DESC, r.recorded_at DESC, r.id DESC
