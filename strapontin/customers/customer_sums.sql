-- How many customers a filter leaves, and their seats per type. Those not for resale count in the list and not in
-- the sums (SPEC 3).
WITH listed AS (SELECT c.id, c.not_for_resale, {state} AS state FROM customer c {seats} WHERE {where})
SELECT count(*)::int AS customers, count(*) FILTER (WHERE state = 'over')::int AS over,
       count(*) FILTER (WHERE not_for_resale)::int AS not_for_resale,
       (SELECT coalesce(jsonb_agg(sums), '[]')
          FROM (SELECT s.type_code, sum(s.allocated) AS allocated, sum(s.next_cycle) AS next_cycle,
                       sum(s.used) AS used, sum(s.remaining) AS remaining, sum(s.over) AS over, sum(s.full_sites) AS full_sites
                  FROM customer_total s JOIN listed ON listed.id = s.customer_id AND NOT listed.not_for_resale
                 GROUP BY s.type_code) AS sums) AS types
  FROM listed
