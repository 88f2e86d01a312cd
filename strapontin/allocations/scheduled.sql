-- The lowerings of a customer that wait for its next cycle, per site and type. The last one who asked is named.
SELECT e.site_id, s.name AS site_name, e.type_code, e.effective_on, b.allocated, b.next_cycle,
       max(e.recorded_at) AS recorded_at,
       (SELECT a.name FROM administrator a WHERE a.id = (array_agg(e.actor_id ORDER BY e.id DESC))[1]) AS actor_name
  FROM ledger_entry e
  JOIN site s ON s.customer_id = e.customer_id AND s.id = e.site_id
  JOIN balance b ON b.customer_id = e.customer_id AND b.site_id = e.site_id AND b.type_code = e.type_code
 WHERE e.customer_id = %(customer)s AND e.effective_on > %(today)s AND b.next_cycle <> b.allocated
 GROUP BY e.site_id, s.name, s.sort_key, e.type_code, e.effective_on, b.allocated, b.next_cycle
HAVING sum(e.delta) <> 0 ORDER BY e.effective_on, s.sort_key
