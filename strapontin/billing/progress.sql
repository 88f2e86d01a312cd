-- Counts a payer's customers as done, if this is the first time in this run, and the invoice that it got.
UPDATE billing_run SET invoices = invoices + %(invoices)s,
       customers_done = customers_done + (SELECT count(DISTINCT customer_id) FROM period
                                           WHERE payer_id = %(payer)s AND starts_on <= %(date)s
                                             AND ends_on > %(date)s AND billable AND %(first)s)
 WHERE id = %(run)s
