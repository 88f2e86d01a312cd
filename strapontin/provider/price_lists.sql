-- Price lists, the newest first: all, those before the id %(after)s, or the one with %(id)s.
SELECT l.id, l.name, l.partner_id, l.currency, l.valid_from,
       (SELECT coalesce(jsonb_object_agg(type_code, monthly_amount::text), '{}') FROM price
         WHERE price_list_id = l.id) AS prices,
       (SELECT coalesce(jsonb_object_agg(months, rate_percent::text), '{}') FROM term_discount
         WHERE price_list_id = l.id) AS term_discounts,
       (SELECT coalesce(jsonb_object_agg(level, rate_percent::text), '{}') FROM level_discount
         WHERE price_list_id = l.id) AS level_discounts
  FROM price_list l
 WHERE l.withdrawn_at IS NULL AND (%(id)s::uuid IS NULL OR l.id = %(id)s::uuid) AND (%(after)s::uuid IS NULL OR l.id < %(after)s::uuid)
 ORDER BY l.id DESC LIMIT %(limit)s
