-- Issued invoices, the newest first, each with the number of its lines; from the (date, id) %(before_date)s,
-- %(before_id)s on. A parameter that is null leaves nothing out.
SELECT i.id, i.number, i.kind, i.date, i.issued_on, i.payer_id, i.payer_name, i.payer_vat_number, i.issuer_name,
       i.issuer_siren, i.issuer_vat_number, i.currency, i.net, i.tax, i.total, i.issued_at, i.specimen,
       (SELECT count(*) FROM invoice_line l WHERE l.payer_id = i.payer_id AND l.invoice_id = i.id) AS lines_count
  FROM invoice i
 WHERE (%(payer)s::uuid IS NULL OR i.payer_id = %(payer)s::uuid)
   AND (%(date)s::date IS NULL OR i.date = %(date)s::date)
   AND (%(kind)s::text IS NULL OR i.kind = %(kind)s::text)
   AND (%(run)s::uuid IS NULL OR i.run_id = %(run)s::uuid)
   AND (%(search)s = '' OR strpos(search_key(i.number || ' ' || i.payer_name), search_key(%(search)s)) > 0)
   AND (%(before_date)s::date IS NULL OR (i.date, i.id) < (%(before_date)s::date, %(before_id)s::uuid))
 ORDER BY i.date DESC, i.id DESC LIMIT %(limit)s
