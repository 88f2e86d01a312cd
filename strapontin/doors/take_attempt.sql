-- Counts an attempt, or says how many seconds are left until one is allowed.
WITH taken AS (
    INSERT INTO attempt AS a (action, subject, free_at)
    VALUES (%(action)s, %(subject)s, now() + make_interval(secs => %(cost)s::float8))
    ON CONFLICT (action, subject) DO UPDATE
       SET free_at = greatest(a.free_at, now()) + make_interval(secs => %(cost)s::float8)
     WHERE a.free_at <= now() + make_interval(secs => %(tolerance)s::float8)
    RETURNING 0 AS wait)
SELECT wait FROM taken
UNION ALL
SELECT greatest(1, ceil(extract(epoch FROM free_at - now())::float8 - %(tolerance)s::float8))::int
  FROM attempt
 WHERE NOT EXISTS (SELECT FROM taken) AND action = %(action)s AND subject = %(subject)s
