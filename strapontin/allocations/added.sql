-- What the customer's own administrators and keys added in the month of a day, and what one change adds of it. Seats:
-- those raised less those handed back, also by somebody else or since a stack refused the user. Amount: for each row of the ledger that counts at once, its seats at the unit price
-- of the period from its day to the end of the period. Moves add nothing: one site gives what another takes.
WITH own AS MATERIALIZED (
    SELECT id FROM administrator WHERE customer_id = %(customer)s
    UNION ALL SELECT id FROM api_key WHERE customer_id = %(customer)s
), rows AS (
    SELECT e.change_id = %(change)s AS of_change,
           CASE WHEN e.kind IN ('raise', 'hand_back') THEN e.delta ELSE 0 END AS seats,
           round(e.delta * p.unit_price * q.months * (q.ends_on - e.effective_on) / q.full_days, 2) AS amount
      FROM ledger_entry e
      JOIN period q ON q.customer_id = e.customer_id AND q.starts_on <= e.effective_on AND q.ends_on > e.effective_on
      LEFT JOIN period_price p
        ON p.customer_id = q.customer_id AND p.period_starts_on = q.starts_on AND p.type_code = e.type_code
       AND q.billable
     WHERE e.customer_id = %(customer)s AND e.kind NOT IN ('lower', 'withdraw', 'correction', 'revoke')
       AND e.effective_on >= date_trunc('month', %(day)s::date)::date
       AND e.effective_on < (date_trunc('month', %(day)s::date) + interval '1 month')::date
       AND (e.actor_id IN (SELECT id FROM own)
            OR e.reverses_id IN (SELECT id FROM ledger_entry
                                  WHERE customer_id = %(customer)s AND actor_id IN (SELECT id FROM own)))
)
SELECT coalesce(sum(seats), 0)::int AS seats, coalesce(sum(seats) FILTER (WHERE of_change), 0)::int AS seats_of_change,
       coalesce(sum(amount), 0) AS amount, coalesce(sum(amount) FILTER (WHERE of_change), 0) AS amount_of_change
  FROM rows
