-- Unit prices: list × (1 − term) × (1 − level), rounded half up to the cent once. Of the payer's own lists and of the
-- general ones, the latest valid on the first day counts. A type that the own list names takes price and discounts from
-- it, any other type from the general list. What is put for asked has the columns customer_id, starts_on, payer_id and
-- term_months: the periods themselves, or those that somebody weighs.
SELECT q.customer_id, q.starts_on, p.type_code, p.price_list_id, payer.currency, p.monthly_amount,
       coalesce(td.rate_percent, 0), coalesce(ld.rate_percent, 0),
       round(p.monthly_amount * (100 - coalesce(td.rate_percent, 0)) * (100 - coalesce(ld.rate_percent, 0)) / 10000, 2)
  FROM {asked} q
  JOIN partner payer ON payer.id = q.payer_id
 CROSS JOIN LATERAL (
        SELECT DISTINCT ON (p.type_code) p.type_code, p.monthly_amount, l.id AS price_list_id
          FROM (SELECT DISTINCT ON (partner_id IS NULL) id, partner_id FROM price_list
                 WHERE (partner_id = payer.id OR partner_id IS NULL) AND withdrawn_at IS NULL
                   AND currency = payer.currency AND valid_from <= q.starts_on
                 ORDER BY partner_id IS NULL, valid_from DESC) AS l
          JOIN price p ON p.price_list_id = l.id
         ORDER BY p.type_code, l.partner_id IS NULL) AS p
  LEFT JOIN term_discount td ON td.price_list_id = p.price_list_id AND td.months = q.term_months
  LEFT JOIN level_discount ld ON ld.price_list_id = p.price_list_id AND ld.level = payer.level
