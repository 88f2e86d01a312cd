-- What was allocated on a place on a past day (then), and the least on any day from that day until today (lowest).
SELECT coalesce(min(quantity) FILTER (WHERE day = %(day)s::date), 0)::int AS then,
       least(min(quantity), coalesce(min(quantity) FILTER (WHERE day = %(day)s::date), 0))::int AS lowest
  FROM (SELECT greatest(effective_on, %(day)s::date) AS day,
               sum(sum(delta)) OVER (ORDER BY greatest(effective_on, %(day)s::date)) AS quantity
          FROM ledger_entry WHERE customer_id = %(customer)s AND site_id = %(site)s AND type_code = %(type)s
           AND effective_on <= %(today)s::date
         GROUP BY 1) AS steps
