-- Opens the next period of every customer whose running one has ended on or before %(day)s: one step per run.
-- The scheduled quantity becomes the allocated one in the same statement; ledger rows for it stand already.
WITH due AS (
    SELECT c.id, c.partner_path, c.period_ends_on AS starts_on, c.anchor_day, c.not_for_resale,
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
      FROM due
), inserted AS (
    INSERT INTO period (customer_id, starts_on, ends_on, term_months, months, full_days, payer_id, billable, opened_at)
    SELECT id, starts_on, ends_on, term_months, term_months, ends_on - starts_on,
           (SELECT p.id FROM unnest(partner_path) WITH ORDINALITY AS above (partner_id, depth)
              JOIN partner p ON p.id = above.partner_id
             WHERE p.payer ORDER BY depth DESC LIMIT 1),
           NOT not_for_resale, %(at)s::timestamptz
      FROM opened
), lowered AS (
    SELECT b.customer_id, b.site_id, b.type_code, b.allocated, b.next_cycle, b.used
      FROM balance b JOIN opened ON opened.id = b.customer_id
     WHERE b.next_cycle <> b.allocated
     ORDER BY b.customer_id, b.site_id, b.type_code
       FOR UPDATE OF b
), balances AS (
    UPDATE balance b SET allocated = lowered.next_cycle, version = b.version + 1
      FROM lowered
     WHERE (b.customer_id, b.site_id, b.type_code) = (lowered.customer_id, lowered.site_id, lowered.type_code)
), totals AS (
    UPDATE customer_total t
       SET allocated = t.allocated + change.allocated, over = t.over + change.over,
           full_sites = t.full_sites + change.full_sites
      FROM (SELECT customer_id, type_code, sum(next_cycle - allocated)::int AS allocated,
                   sum(over_seats(next_cycle, used) - over_seats(allocated, used))::int AS over,
                   sum(full_site(next_cycle, next_cycle, used) - full_site(allocated, next_cycle, used))::int
                       AS full_sites
              FROM lowered GROUP BY customer_id, type_code) AS change
     WHERE (t.customer_id, t.type_code) = (change.customer_id, change.type_code)
)
UPDATE customer c
   SET period_starts_on = opened.starts_on, period_ends_on = opened.ends_on, term_months = opened.term_months,
       pending_term_months = NULL, version = c.version + 1
  FROM opened
 WHERE c.id = opened.id
