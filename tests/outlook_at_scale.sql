-- 20,000 customers of 12 months with two sites each, 200 of them of a small partner. Their periods end on all days of a
-- year; of ten seats on a site seven are used, or nine. It is SQL because the operations would take half an hour.
INSERT INTO partner (id, name, path, level, country, region, vat_number, address, currency, language, payer, created_at,
                     version)
SELECT id, 'Partner ' || n, ARRAY[id], 'gold', 'FR', '', '', '', 'EUR', 'fr', true, now(), 1
  FROM generate_series(1, 2) AS n, LATERAL (SELECT ('0000b000-0000-7000-8000-00000000000' || n)::uuid AS id) AS ids;

INSERT INTO customer (id, partner_id, partner_path, name, client_id, purchase_order, status, alignment, anchor_day,
                      term_months, starts_on, period_starts_on, period_ends_on, cancel_at_end_of_period, unlimited,
                      not_for_resale, created_at, version)
SELECT ('0000c000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, p.id, p.path, 'Customer ' || n, '', '', 'active',
       'anniversary', 1, 12, day - 365, day - 365, day, false, false, false, now(), 1
  FROM generate_series(1, 20000) AS n
  JOIN partner p ON p.name = CASE WHEN n % 100 = 0 THEN 'Partner 2' ELSE 'Partner 1' END,
       LATERAL (SELECT current_date + 1 + n % 365 AS day) AS days;

INSERT INTO site (customer_id, id, name, address, created_at, version)
SELECT id, ('0000500' || n || substr(id::text, 9))::uuid, 'Site ' || n, '', now(), 1
  FROM customer, generate_series(1, 2) AS n;

INSERT INTO ledger_entry (customer_id, id, site_id, type_code, kind, effective_on, recorded_at, delta, quantity_after,
                          change_id, actor_kind, door, reason)
SELECT customer_id, gen_random_uuid(), id, 'voice', 'raise', current_date - day, now(), 5, 10, gen_random_uuid(),
       'system', 'cli', ''
  FROM site, unnest(ARRAY[300, 40]) AS day;

INSERT INTO balance (customer_id, site_id, type_code, allocated, next_cycle, used, version)
SELECT customer_id, id, 'voice', 10, 10, CASE WHEN hashtext(id::text) % 10 = 0 THEN 9 ELSE 7 END, 1 FROM site;

INSERT INTO seat_user (customer_id, id, site_id, type_code, first_name, last_name, email, extension, enabled, state,
                       origin, claimed_at, version)
SELECT customer_id, gen_random_uuid(), site_id, 'voice', 'First', 'Example', '', '', true, 'active', 'portal', now(), 1
  FROM balance, generate_series(1, used);

INSERT INTO seat_event (customer_id, id, site_id, type_code, user_id, kind, effective_on, recorded_at, delta,
                        used_after, actor_kind, door)
SELECT customer_id, gen_random_uuid(), site_id, 'voice', id, 'claim', current_date - (abs(hashtext(id::text)) % 365),
       now(), 1, 1, 'system', 'cli'
  FROM seat_user;

INSERT INTO customer_total (customer_id, type_code, partner_path, allocated, next_cycle, used, remaining, over)
SELECT c.id, 'voice', c.partner_path, sum(b.allocated), sum(b.next_cycle), sum(b.used), sum(b.allocated - b.used), 0
  FROM customer c JOIN balance b ON b.customer_id = c.id GROUP BY c.id;
ANALYZE
