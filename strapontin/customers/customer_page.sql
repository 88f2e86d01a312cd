-- A page of the list of customers, each with its partner's name, its state and its seats per type.
-- What is put for seats joins the sums over a customer's types: of each customer looked at, or of all in one pass.
WITH page AS (
    SELECT c.*, {state} AS state, row_number() OVER (ORDER BY {order}) AS place
      FROM customer c {seats}
     WHERE {where} ORDER BY {order} LIMIT %(limit)s OFFSET %(offset)s
)
SELECT {columns}, c.state,
       (SELECT coalesce(jsonb_agg(jsonb_build_object(
                   'type_code', s.type_code, 'allocated', s.allocated, 'next_cycle', s.next_cycle, 'used', s.used,
                   'remaining', s.remaining, 'over', s.over, 'full_sites', s.full_sites) ORDER BY s.type_code), '[]')
          FROM customer_total s WHERE s.customer_id = c.id) AS types
  FROM page c LEFT JOIN partner p ON p.id = c.partner_id
 ORDER BY c.place
