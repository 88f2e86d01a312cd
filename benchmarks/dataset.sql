-- A partner below another one; its customers with three sites each; on each site more free seats than a run takes.
-- Ids are numbers written as uuids, so that a load generator can choose a site by a random number.
-- It is SQL because the product's operations would take a minute and a half for so many sites, and choose other ids.
CREATE FUNCTION pg_temp.id(kind text, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS
    $$ SELECT (kind || '-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid $$;

INSERT INTO partner (id, name, parent_id, path, level, country, region, vat_number, address, currency, language, payer,
                     created_at, version)
SELECT pg_temp.id('0000b000', n), 'Partner ' || n, CASE WHEN n > 1 THEN pg_temp.id('0000b000', n - 1) END,
       (SELECT array_agg(pg_temp.id('0000b000', m)) FROM generate_series(1, n) AS m),
       'gold', 'FR', '', '', '', 'EUR', 'fr', true, now(), 1
  FROM generate_series(1, 2) AS n;

INSERT INTO api_key (id, name, key_hash, provider, partner_id, customer_id, roles, language, created_at)
VALUES (%(key)s, 'benchmark', %(key_hash)s, false, %(partner)s, NULL, ARRAY['users'], 'en', now());

INSERT INTO customer (id, partner_id, partner_path, name, client_id, purchase_order, status, alignment, anchor_day,
                      term_months, starts_on, period_starts_on, period_ends_on, cancel_at_end_of_period, unlimited,
                      not_for_resale, created_at, version)
SELECT pg_temp.id('0000c000', n), p.id, p.path, 'Customer ' || n, '', '', 'active', 'anniversary', 1, 12,
       current_date - 30, current_date - 30, current_date + 335, false, false, false, now(), 1
  FROM generate_series(1, (%(sites)s - 1) / %(per_customer)s + 1) AS n, partner p
 WHERE p.id = %(partner)s;

INSERT INTO period (customer_id, starts_on, ends_on, term_months, months, full_days, payer_id, billable, opened_at)
SELECT id, period_starts_on, period_ends_on, 12, 12, 365, partner_id, true, now() FROM customer;

INSERT INTO site (customer_id, id, name, address, created_at, version)
SELECT pg_temp.id('0000c000', (n - 1) / %(per_customer)s + 1), pg_temp.id('00005000', n), 'Site ' || n, '', now(), 1
  FROM generate_series(1, %(sites)s) AS n;

INSERT INTO ledger_entry (customer_id, id, site_id, type_code, kind, effective_on, recorded_at, delta, quantity_after,
                          change_id, actor_kind, door, reason)
SELECT customer_id, uuidv7(), id, 'voice', 'raise', current_date - 30, now(), %(seats)s, %(seats)s, uuidv7(), 'system',
       'cli', ''
  FROM site;

-- One user on each site: PostgreSQL would plan other ways to read an empty table.
INSERT INTO seat_user (customer_id, id, site_id, type_code, first_name, last_name, email, extension, enabled, state,
                       origin, claimed_at, version)
SELECT customer_id, id, id, 'voice', 'First', 'Example', id || '@example.org', '', true, 'active', 'portal', now(), 1
  FROM site;

INSERT INTO seat_event (customer_id, id, site_id, type_code, user_id, kind, effective_on, recorded_at, delta, used_after,
                        actor_kind, door)
SELECT customer_id, uuidv7(), site_id, 'voice', id, 'claim', current_date - 30, now(), 1, 1, 'system', 'cli'
  FROM seat_user;

INSERT INTO journal_entry (customer_id, id, partner_path, at, actor_kind, door, action, object_kind, object_id, before,
                           after)
SELECT u.customer_id, uuidv7(), c.partner_path, now(), 'system', 'cli', 'user.create', 'user', u.id, '{}', '{}'
  FROM seat_user u JOIN customer c ON c.id = u.customer_id;

INSERT INTO balance (customer_id, site_id, type_code, allocated, next_cycle, used, version)
SELECT customer_id, id, 'voice', %(seats)s, %(seats)s, 1, 1 FROM site;

INSERT INTO customer_total (customer_id, type_code, partner_path, allocated, next_cycle, used, remaining, over)
SELECT c.id, 'voice', c.partner_path, s.sites * %(seats)s, s.sites * %(seats)s, s.sites, s.sites * (%(seats)s - 1), 0
  FROM customer c JOIN (SELECT customer_id, count(*) AS sites FROM site GROUP BY 1) AS s ON s.customer_id = c.id
