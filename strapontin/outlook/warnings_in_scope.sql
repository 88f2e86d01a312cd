-- Warnings of the scope before seats run out, the most urgent first; with each, how many there are in all.
SELECT c.id AS customer_id, c.name AS customer_name, c.client_id, w.site_id, w.site_name, w.type_code, w.free, w.full_on,
       w.told_on, w.urgency, w.places
  FROM (SELECT w.*, coalesce(w.full_on, '9999-12-31') AS urgency, count(*) OVER ()::int AS places
          FROM seat_warning w
         WHERE w.free > 0 AND {only}
         ORDER BY urgency, w.customer_id, w.site_id, w.type_code
         LIMIT %(limit)s OFFSET %(offset)s) AS w
  JOIN customer c ON c.id = w.customer_id
 ORDER BY w.urgency, w.customer_id, w.site_id, w.type_code
