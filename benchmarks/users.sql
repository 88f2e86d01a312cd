-- Two partners with customers and users of the provider: one has a big part of them, as in SPEC 12.
-- Names are drawn from a few hundred words, so that each is borne by many.
CREATE FUNCTION pg_temp.id(kind text, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS
    $$ SELECT (kind || '-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid $$;
CREATE FUNCTION pg_temp.word(seed bigint) RETURNS text LANGUAGE sql IMMUTABLE AS
    $$ SELECT initcap((ARRAY['ba','cor','dé','fen','gui','hal','jo','ker','lan','mar','no','pel','qui','ro','sal','tri','val'])[1 + seed %% 17]
       || (ARRAY['bert','celin','dric','fan','gault','lou','min','ne','pin','quet','rand','son','tier','vel'])[1 + seed / 17 %% 14]
       || (ARRAY['','a','e','i','o'])[1 + seed / 238 %% 5]) $$;

INSERT INTO partner (id, name, path, level, country, region, vat_number, address, currency, language, payer, created_at,
                     version)
SELECT pg_temp.id('0000b000', n), 'Partner ' || n, ARRAY[pg_temp.id('0000b000', n)], 'gold', 'FR', '', '', '', 'EUR',
       'fr', true, now(), 1
  FROM generate_series(1, 100) AS n;

-- The first partner has a share of the customers; each other one has as many as it happens.
INSERT INTO customer (id, partner_id, partner_path, name, client_id, purchase_order, status, alignment, anchor_day,
                      term_months, starts_on, period_starts_on, period_ends_on, cancel_at_end_of_period, unlimited,
                      not_for_resale, created_at, version)
SELECT pg_temp.id('0000c000', n), p.id, p.path, pg_temp.word(n * 7) || ' ' || pg_temp.word(n * 11) || ' ' || n,
       'C-' || n, '', 'active', 'anniversary', 1, 12, current_date - 30, current_date - 30, current_date + 335, false,
       false, false, now(), 1
  FROM generate_series(1, %(customers)s) AS n
  JOIN partner p ON p.id = pg_temp.id('0000b000', CASE WHEN n <= %(of_first)s THEN 1 ELSE 2 + n %% 99 END);

INSERT INTO site (customer_id, id, name, address, created_at, version)
SELECT pg_temp.id('0000c000', (n - 1) / 3 + 1), pg_temp.id('00005000', n),
       (ARRAY['Agence ', 'Siège de ', 'Dépôt '])[1 + n %% 3] || pg_temp.word(n * 13), '', now(), 1
  FROM generate_series(1, 3 * %(customers)s) AS n;

INSERT INTO seat_user (customer_id, id, site_id, type_code, first_name, last_name, email, extension, enabled, state,
                       origin, claimed_at, version)
SELECT pg_temp.id('0000c000', (s - 1) / 3 + 1), pg_temp.id('0000f000', n), pg_temp.id('00005000', s),
       CASE WHEN n %% 10 < 7 THEN 'voice' WHEN n %% 10 < 9 THEN 'uc' ELSE 'cr' END,
       pg_temp.word(hashint8(n)::bigint & 4095), pg_temp.word(hashint8(n + 1)::bigint & 4095),
       'u' || n || '@example.org', (1000 + n %% 9000)::text, n %% 50 <> 0,
       CASE WHEN n %% 5000 = 0 THEN 'refused' ELSE 'active' END, 'portal', now(), 1
  FROM generate_series(1, %(users)s) AS n, LATERAL (SELECT 1 + n %% (3 * %(customers)s) AS s) AS at;

INSERT INTO customer_total (customer_id, type_code, partner_path, allocated, next_cycle, used, remaining, over)
SELECT c.id, u.type_code, c.partner_path, u.used, u.used, u.used, 0, 0
  FROM customer c
  JOIN (SELECT customer_id, type_code, count(*) AS used FROM seat_user WHERE state = 'active' GROUP BY 1, 2) AS u
    ON u.customer_id = c.id
