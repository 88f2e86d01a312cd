-- Opens the next period of every customer whose running one has ended on or before %(day)s: one step per run.
-- The scheduled quantity becomes the allocated one in the same statement; ledger rows for it stand already.
-- A cancelled customer ends instead: its seats are revoked, by rows that are known from the first moment of that day on,
-- whenever they are written. %(entries)s are ids for these rows, %(ends)s for each end: of the change, of the journal.
WITH due AS (
    SELECT c.id, c.partner_path, c.period_ends_on AS starts_on, c.anchor_day, c.not_for_resale,
           c.cancel_at_end_of_period AS ends,
           coalesce(c.pending_term_months, c.term_months) AS term_months,
           (date_trunc('month', c.period_ends_on)
            + make_interval(months => coalesce(c.pending_term_months, c.term_months)::int))::date AS month_of_end
      FROM customer c
     WHERE c.status = 'active' AND c.period_ends_on <= %(day)s::date
       AND (%(customer)s::uuid IS NULL OR c.id = %(customer)s::uuid)
     ORDER BY c.id
       FOR NO KEY UPDATE OF c
), opened AS (
    SELECT due.*,
           month_of_end + least(anchor_day,
               extract(day FROM month_of_end + interval '1 month' - interval '1 day')::int) - 1 AS ends_on
      FROM due WHERE NOT ends
), ended AS (
    SELECT due.id, partner_path, starts_on AS ended_on,
           starts_on::timestamp AT TIME ZONE (SELECT time_zone FROM installation) AS recorded_at,
           (%(ends)s::uuid[])[2 * row_number() OVER of_ids - 1] AS change_id,
           (%(ends)s::uuid[])[2 * row_number() OVER of_ids] AS journal_id
      FROM due WHERE ends
    WINDOW of_ids AS (ORDER BY due.id)
), inserted AS (
    INSERT INTO period (customer_id, starts_on, ends_on, term_months, months, full_days, payer_id, billable, opened_at)
    SELECT id, starts_on, ends_on, term_months, term_months, ends_on - starts_on,
           (SELECT p.id FROM unnest(partner_path) WITH ORDINALITY AS above (partner_id, depth)
              JOIN partner p ON p.id = above.partner_id
             WHERE p.payer ORDER BY depth DESC LIMIT 1),
           NOT not_for_resale, %(at)s::timestamptz
      FROM opened
), changed AS (
    -- Balances that begin the cycle with another quantity: the scheduled one, or none.
    SELECT b.customer_id, b.site_id, b.type_code, b.allocated, b.next_cycle, b.used, due.ends,
           CASE WHEN due.ends THEN 0 ELSE b.next_cycle END AS left
      FROM balance b JOIN due ON due.id = b.customer_id
     WHERE b.next_cycle <> b.allocated OR (due.ends AND b.allocated > 0)
     ORDER BY b.customer_id, b.site_id, b.type_code
       FOR UPDATE OF b
), balances AS (
    UPDATE balance b SET allocated = changed.left, next_cycle = changed.left, version = b.version + 1
      FROM changed
     WHERE (b.customer_id, b.site_id, b.type_code) = (changed.customer_id, changed.site_id, changed.type_code)
), totals AS (
    UPDATE customer_total t
       SET allocated = t.allocated + change.allocated, next_cycle = t.next_cycle + change.next_cycle,
           remaining = t.remaining + change.remaining, over = t.over + change.over,
           full_sites = t.full_sites + change.full_sites
      FROM (SELECT customer_id, type_code, sum(changed.left - allocated)::int AS allocated,
                   sum(changed.left - next_cycle)::int AS next_cycle,
                   sum(free_seats(changed.left, changed.left, used) - free_seats(allocated, next_cycle, used))::int
                       AS remaining,
                   sum(over_seats(changed.left, used) - over_seats(allocated, used))::int AS over,
                   sum(full_site(changed.left, changed.left, used) - full_site(allocated, next_cycle, used))::int
                       AS full_sites
              FROM changed GROUP BY customer_id, type_code) AS change
     WHERE (t.customer_id, t.type_code) = (change.customer_id, change.type_code)
), revoked AS (
    INSERT INTO ledger_entry (customer_id, id, site_id, type_code, kind, effective_on, recorded_at, delta,
                              quantity_after, change_id, actor_kind, door, reason)
    SELECT ended.id,
           (%(entries)s::uuid[])[row_number() OVER (ORDER BY ended.id, changed.site_id, changed.type_code)],
           changed.site_id, changed.type_code, 'revoke', ended.ended_on, ended.recorded_at, -changed.next_cycle, 0,
           ended.change_id, 'system', 'job', ''
      FROM changed JOIN ended ON ended.id = changed.customer_id
     WHERE changed.next_cycle > 0
    RETURNING customer_id, site_id, type_code, kind, effective_on, delta, quantity_after
), told AS (
    INSERT INTO journal_entry (customer_id, id, partner_path, at, actor_kind, door, action, object_kind, object_id,
                               before, after)
    SELECT ended.id, ended.journal_id, ended.partner_path, %(at)s::timestamptz, 'system', 'job', 'customer.expire',
           'customer', ended.id, '{}'::jsonb,
           jsonb_build_object('status', 'expired', 'entries', (
               SELECT coalesce(jsonb_agg(jsonb_build_object(
                          'site', site_id, 'type', type_code, 'kind', kind, 'effective_on', effective_on,
                          'delta', delta, 'quantity_after', quantity_after)), '[]')
                 FROM revoked WHERE revoked.customer_id = ended.id))
      FROM ended
)
UPDATE customer c
   SET status = CASE WHEN due.ends THEN 'expired' ELSE 'active' END,
       cancel_at_end_of_period = false,
       period_starts_on = coalesce(opened.starts_on, c.period_starts_on),
       period_ends_on = coalesce(opened.ends_on, c.period_ends_on),
       term_months = due.term_months, pending_term_months = NULL, version = c.version + 1
  FROM due LEFT JOIN opened ON opened.id = due.id
 WHERE c.id = due.id
