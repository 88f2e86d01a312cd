-- Counts an attempt to sign in from a device that is not known, or says how many seconds are left until one is allowed.
--
-- Three counters: the address; the account from this address (here); the account from anywhere. The last one refuses
-- nobody. It decides how long this address waits before its next attempt at this account: nothing after the first four
-- attempts that are remembered, then 1, 2, 4 … up to 300 seconds. So nobody makes another address wait for its first
-- attempt. An attempt at an account is remembered for 300 seconds, and twenty at most are.
WITH address AS (
    INSERT INTO attempt AS a (action, subject, free_at)
    VALUES ('sign_in.address', %(address)s, now() + make_interval(secs => %(cost)s::float8))
    ON CONFLICT (action, subject) DO UPDATE
       SET free_at = greatest(a.free_at, now()) + make_interval(secs => %(cost)s::float8)
     WHERE a.free_at <= now() + make_interval(secs => %(tolerance)s::float8)
    RETURNING 1),
tries AS (
    SELECT 1 + coalesce(ceil(extract(epoch FROM (
        SELECT greatest(free_at, now()) FROM attempt WHERE action = 'sign_in.account' AND subject = %(account)s
    ) - now())::float8 / 300), 0) AS number),
here AS (
    INSERT INTO attempt AS a (action, subject, free_at)
    SELECT 'sign_in.here', %(here)s,
           now() + make_interval(secs => CASE WHEN number < 5 THEN 0 ELSE least(300, 2 ^ (number - 5)) END)
      FROM address CROSS JOIN tries
    ON CONFLICT (action, subject) DO UPDATE SET free_at = excluded.free_at WHERE a.free_at <= now()
    RETURNING 1),
account AS (
    INSERT INTO attempt AS a (action, subject, free_at)
    SELECT 'sign_in.account', %(account)s, now() + interval '300 seconds' FROM here
    ON CONFLICT (action, subject) DO UPDATE
       SET free_at = least(greatest(a.free_at, now()) + interval '300 seconds', now() + interval '6000 seconds')
    RETURNING 0 AS wait)
SELECT wait FROM account
UNION ALL
SELECT max(greatest(1, ceil(extract(epoch FROM free_at - now())::float8
                            - CASE action WHEN 'sign_in.address' THEN %(tolerance)s::float8 ELSE 0 END)))::int
  FROM attempt
 WHERE NOT EXISTS (SELECT FROM account)
   AND (action = 'sign_in.address' AND subject = %(address)s AND NOT EXISTS (SELECT FROM address)
        OR action = 'sign_in.here' AND subject = %(here)s)
HAVING NOT EXISTS (SELECT FROM account)
