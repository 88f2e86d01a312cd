-- Takes a payer for a run, so that no other worker bills it. No row comes back if it is done, or if a run of a later
-- date has billed it.
INSERT INTO run_payer (run_id, payer_id, done_at)
SELECT %(run)s, %(payer)s, %(at)s
 WHERE NOT EXISTS (SELECT 1 FROM billing_run later JOIN run_payer d ON d.run_id = later.id
                    WHERE later.date > %(date)s AND NOT later.preview AND d.payer_id = %(payer)s)
    ON CONFLICT DO NOTHING RETURNING payer_id
