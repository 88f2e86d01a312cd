-- Rows of a customer's ledger, the newest first, with the names of the sites and of who wrote them.
SELECT e.id, e.site_id, s.name AS site_name, e.type_code, e.kind, e.delta, e.quantity_after, e.effective_on,
       e.recorded_at, e.actor_kind, e.actor_id, e.door, e.reason, e.counterpart_site_id, o.name AS counterpart_name,
       e.counterpart_type_code AS counterpart_type, e.reverses_id,
       coalesce((SELECT a.name FROM administrator a WHERE a.id = e.actor_id),
                (SELECT k.name FROM api_key k WHERE k.id = e.actor_id)) AS actor_name
  FROM ledger_entry e
  JOIN site s ON s.customer_id = e.customer_id AND s.id = e.site_id
  LEFT JOIN site o ON o.customer_id = e.customer_id AND o.id = e.counterpart_site_id
 WHERE e.customer_id = %(customer)s AND (%(site)s::uuid IS NULL OR e.site_id = %(site)s::uuid)
   AND (%(before)s::uuid IS NULL OR e.id < %(before)s::uuid)
   AND (%(since)s::uuid IS NULL OR e.id > %(since)s::uuid)
 ORDER BY e.id DESC LIMIT %(limit)s
