-- What is owed (SPEC 7, What is billed; Basis). No other code computes it: a run inserts these rows as charges, a
-- preview shows them. docs/guide/billing.md explains each step and has twelve examples.
--
-- For each day of each started period, of one customer or of all customers of a payer: B is the seats to be billed,
-- C the seats invoiced so far. An invoice dated %(date)s, which knows what was recorded up to %(cut)s, bills B - C.
-- Each row is a line: the longest stretch of days [starts_on, ends_on) within a period on which B - C is the same.
--
-- An example. Monthly at 10.00; 10 seats since 2023-01-01, January is invoiced; 13 seats since 2023-01-20.
-- The invoice of 2023-02-01:
--
-- steps:
-- | starts_on  | day        | allocated | invoiced | committed |
-- | 2023-01-01 | 2023-01-01 | 0         | 0        | 0         |  January begins
-- | 2023-01-01 | 2023-01-01 | 0         | 10       | 0         |  a charge of 10 seats for all of January
-- | 2023-01-01 | 2023-01-01 | 10        | 0        | 0         |  the ledger: 10 seats
-- | 2023-01-01 | 2023-01-20 | 3         | 0        | 0         |  the ledger: 3 more
-- | 2023-02-01 | 2023-02-01 | 0         | 0        | 0         |  February begins
-- | 2023-02-01 | 2023-02-01 | 3         | 0        | 0         |  the ledger's rows from before it
-- | 2023-02-01 | 2023-02-01 | 10        | 0        | 0         |
--
-- days:
-- | starts_on  | day        | next_day   | allocated | invoiced | committed |
-- | 2023-01-01 | 2023-01-01 | 2023-01-20 | 10        | 10       | 0         |  B - C = 0: no line
-- | 2023-01-01 | 2023-01-20 | –          | 13        | 10       | 0         |  B - C = 3
-- | 2023-02-01 | 2023-02-01 | –          | 13        | 0        | 0         |  B - C = 13
--
-- lines:
-- | starts_on  | line_starts_on | line_ends_on | quantity |
-- | 2023-01-01 | 2023-01-20     | 2023-02-01   | 3        |  3 x 10.00 x 1 month x 12 days / 31 =  11.61
-- | 2023-02-01 | 2023-02-01     | 2023-03-01   | 13       | 13 x 10.00 x 1 month x 28 days / 28 = 130.00
WITH periods AS (
    -- The started periods, each with the rule that says what B is.
    SELECT q.customer_id, q.starts_on, q.ends_on, q.months, q.full_days, q.payer_id,
           CASE WHEN %(date)s::date < %(allocation_from)s::date AND r.basis IS NULL THEN 'use_first'
                WHEN %(date)s::date < %(allocation_from)s::date THEN 'use_again'
                WHEN r.basis = 'used' THEN 'committed'
                ELSE 'allocation' END AS rule
      FROM period q
      JOIN customer c ON c.id = q.customer_id
      LEFT JOIN period_rating r ON r.customer_id = q.customer_id AND r.period_starts_on = q.starts_on
     WHERE q.starts_on <= %(date)s::date AND q.billable AND c.created_at <= %(cut)s::timestamptz
       AND (%(customers)s::uuid[] IS NULL OR q.customer_id = ANY (%(customers)s::uuid[]))
       AND (%(payer)s::uuid IS NULL OR q.payer_id = %(payer)s::uuid)
), of_type AS (
    -- Each period once per type. The seats in use on the date are counted only for the rules that bill them.
    SELECT p.*, t.type_code,
           (SELECT coalesce(sum(e.delta), 0) FROM seat_event e
             WHERE e.customer_id = p.customer_id AND e.type_code = t.type_code
               AND e.effective_on <= %(date)s::date AND e.recorded_at <= %(cut)s::timestamptz
               AND p.rule IN ('use_first', 'use_again')) AS in_use
      FROM periods p JOIN customer_total t ON t.customer_id = p.customer_id
), steps AS (
    -- Changes: from this day on, so many seats more are allocated, invoiced, or invoiced before the change of basis.
    -- First an empty row, so that each period has a row on its first day.
    SELECT customer_id, starts_on, type_code, starts_on AS day, 0 AS allocated, 0 AS invoiced, 0 AS committed
      FROM of_type
    UNION ALL
    -- The ledger. A row from before the period counts from its first day.
    SELECT o.customer_id, o.starts_on, o.type_code, greatest(e.effective_on, o.starts_on), e.delta, 0, 0
      FROM of_type o
      JOIN ledger_entry e ON e.customer_id = o.customer_id AND e.type_code = o.type_code
     WHERE o.rule IN ('allocation', 'committed')
       AND e.effective_on < o.ends_on AND e.recorded_at <= %(cut)s::timestamptz
    UNION ALL
    -- Each charge adds its seats on its first day, and takes them away on the day after its last.
    SELECT o.customer_id, o.starts_on, o.type_code, edge.day, 0, edge.seats,
           CASE WHEN c.run_date < %(allocation_from)s::date THEN edge.seats ELSE 0 END
      FROM of_type o
      JOIN charge c ON c.customer_id = o.customer_id AND c.type_code = o.type_code AND c.period_starts_on = o.starts_on
     CROSS JOIN LATERAL (VALUES (c.starts_on, c.quantity), (c.ends_on, -c.quantity)) AS edge (day, seats)
     WHERE edge.day < o.ends_on
    UNION ALL
    -- An empty row on the day within the period from which two of the rules count in another way.
    SELECT customer_id, starts_on, type_code, edge.day, 0, 0, 0
      FROM of_type
     CROSS JOIN LATERAL (VALUES ('use_again', %(date)s::date), ('committed', %(allocation_from)s::date))
                     AS edge (rule, day)
     WHERE edge.rule = of_type.rule AND edge.day > starts_on AND edge.day < ends_on
), days AS (
    -- The sums of all changes so far: quantities that hold from this day until the next one.
    SELECT customer_id, starts_on, type_code, day,
           sum(sum(allocated)) OVER upto AS allocated,
           sum(sum(invoiced)) OVER upto AS invoiced,
           sum(sum(committed)) OVER upto AS committed,
           lead(day) OVER upto AS next_day
      FROM steps
     GROUP BY customer_id, starts_on, type_code, day
    WINDOW upto AS (PARTITION BY customer_id, starts_on, type_code ORDER BY day)
), due AS (
    -- B by the rule, less C.
    SELECT o.customer_id, o.starts_on, o.type_code, d.day, coalesce(d.next_day, o.ends_on) AS until,
           CASE o.rule
               WHEN 'use_first' THEN o.in_use
               WHEN 'use_again' THEN CASE WHEN d.day >= %(date)s::date THEN greatest(d.invoiced, o.in_use)
                                          ELSE d.invoiced END
               WHEN 'committed' THEN CASE WHEN d.day < %(allocation_from)s::date THEN d.committed
                                          ELSE greatest(d.committed, d.allocated) END
               ELSE d.allocated
           END - d.invoiced AS quantity
      FROM of_type o
      JOIN days d USING (customer_id, starts_on, type_code)
), stretches AS (
    -- Neighbours with an equal difference get one number.
    SELECT *, sum(new_stretch) OVER (PARTITION BY customer_id, starts_on, type_code ORDER BY day) AS stretch
      FROM (SELECT *, CASE WHEN lag(quantity) OVER (PARTITION BY customer_id, starts_on, type_code ORDER BY day)
                                = quantity THEN 0 ELSE 1 END AS new_stretch FROM due) AS marked
), lines AS (
    SELECT customer_id, starts_on, type_code, quantity::int AS quantity, min(day) AS line_starts_on,
           max(until) AS line_ends_on
      FROM stretches
     WHERE quantity <> 0
     GROUP BY customer_id, starts_on, type_code, stretch, quantity
)
SELECT l.customer_id, p.payer_id, l.starts_on AS period_starts_on, l.type_code, l.line_starts_on AS starts_on,
       l.line_ends_on AS ends_on, l.quantity, price.unit_price, price.currency, p.months,
       l.line_ends_on - l.line_starts_on AS days, p.full_days AS period_days,
       -- The type is that of the stored amounts: what they cannot hold fails in a preview, too.
       cast(round(l.quantity * price.unit_price * p.months * (l.line_ends_on - l.line_starts_on) / p.full_days, 2)
            AS numeric(20, 2)) AS amount,
       CASE WHEN p.rule IN ('use_first', 'use_again') THEN 'used' ELSE 'allocated' END AS basis,
       CASE WHEN price.unit_price IS NULL OR price.currency <> payer.currency THEN 'price_missing' END AS fault
  FROM lines l
  JOIN periods p ON p.customer_id = l.customer_id AND p.starts_on = l.starts_on
  LEFT JOIN period_price price ON price.customer_id = l.customer_id AND price.period_starts_on = l.starts_on
                              AND price.type_code = l.type_code
  LEFT JOIN partner payer ON payer.id = p.payer_id
 ORDER BY l.customer_id, l.starts_on, l.type_code, l.line_starts_on
